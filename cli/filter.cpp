#include "cli/filter.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::cli {

Result<Filters> Filters::parse(const std::vector<std::string>& texts, std::span<const std::string_view> known) {
  Filters filters;
  std::vector<std::string> keys(known.begin(), known.end());
  for (const std::string& text : texts) {
    auto equals = text.find('=');
    if (equals == std::string::npos)
      return make_error(Kind::usage, fmt::format("filter '{}' has no value", text),
                        "write KEY=VALUE, such as label=owner=me");
    std::string key = lower(trim(text.substr(0, equals)));
    if (std::ranges::find(keys, key) == keys.end()) {
      auto meant = nearest(key, keys);
      return make_error(
          Kind::usage,
          fmt::format("unknown filter '{}'{}", key, meant ? fmt::format(", did you mean '{}'?", *meant) : ""),
          fmt::format("there is {}", join(keys, ", ")));
    }
    filters.values_[key].emplace_back(trim(text.substr(equals + 1)));
  }
  return filters;
}

const std::vector<std::string>& Filters::values(const std::string& key) const {
  static const std::vector<std::string> kNone;
  auto found = values_.find(key);
  return found == values_.end() ? kNone : found->second;
}

bool Filters::allow_labels(const std::map<std::string, std::string>& labels) const {
  return std::ranges::all_of(values("label"), [&](const std::string& wanted) { return has_label(labels, wanted); });
}

bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted) {
  auto equals = wanted.find('=');
  auto label = labels.find(wanted.substr(0, equals));
  return label != labels.end() && (equals == std::string::npos || label->second == wanted.substr(equals + 1));
}

}  // namespace aictr::cli
