#pragma once

// --filter KEY=VALUE of the commands that list: all keys must match, and for each one of its values.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::cli {

class Filters {
 public:
  // Kind::usage for a key that is not among `known`, with the nearest.
  static Result<Filters> parse(const std::vector<std::string>& texts, std::span<const std::string_view> known);

  bool empty() const { return values_.empty(); }
  bool has(const std::string& key) const { return values_.contains(key); }
  const std::vector<std::string>& values(const std::string& key) const;

  // True when nothing is asked of `key`, or `matches` holds for one of its values.
  template <class Predicate>
  bool allow(const std::string& key, Predicate matches) const {
    if (!has(key)) return true;
    for (const std::string& value : values(key)) {
      if (matches(value)) return true;
    }
    return false;
  }

  // "label": every one given must be there, as KEY or KEY=VALUE.
  bool allow_labels(const std::map<std::string, std::string>& labels) const;

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

// `wanted` is KEY or KEY=VALUE.
bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted);

}  // namespace aictr::cli
