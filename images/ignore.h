#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "images/path_pattern.h"

namespace aictr::images {

// The rules of a .dockerignore file, or the patterns of COPY --exclude. A pattern matches a path or any folder it is
// in;
// '!' takes paths back in; the last pattern that matches counts. Not .gitignore: "*.pyc" means the root folder alone.
class IgnoreRules {
 public:
  struct Rule {
    PathPattern pattern;
    bool takes_back = false;
    std::string text;
    int line = 0;
  };

  // Whether each rule matched a path or a folder it is in; carried from a folder to what it holds.
  using Matches = std::vector<bool>;

  static Result<IgnoreRules> parse(std::string name, std::string_view text);
  static Result<IgnoreRules> of_patterns(const std::vector<std::string>& patterns);

  const std::string& name() const { return name_; }  // of the file, for messages
  bool empty() const { return rules_.empty(); }

  // `path` is relative to the root, clean; `parent` is what its folder gave, empty in the root.
  Matches match(std::string_view path, const Matches& parent) const;
  // The rule that leaves the path out; null when it stays.
  const Rule* excluding(const Matches& matches) const;
  // The same for a path alone.
  const Rule* excluding(std::string_view path) const;
  // False when nothing below an excluded folder can be taken back.
  bool may_take_back_below(std::string_view folder) const;

 private:
  Result<void> add(std::string_view pattern, int line);

  std::string name_;
  std::vector<Rule> rules_;
};

}  // namespace aictr::images
