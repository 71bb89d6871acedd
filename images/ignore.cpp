#include "images/ignore.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "images/clean_path.h"

namespace aictr::images {

Result<IgnoreRules> IgnoreRules::parse(std::string name, std::string_view text) {
  IgnoreRules rules;
  rules.name_ = std::move(name);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  int line = 0;
  for (const std::string& pattern : split(text, '\n')) {
    ++line;
    if (pattern.starts_with('#')) continue;
    TRY_AS(fmt::format("{}:{}", rules.name_, line), rules.add(trim(pattern), line));
  }
  return rules;
}

Result<IgnoreRules> IgnoreRules::of_patterns(const std::vector<std::string>& patterns) {
  IgnoreRules rules;
  for (const std::string& pattern : patterns) TRY(rules.add(trim(pattern), 0));
  return rules;
}

Result<void> IgnoreRules::add(std::string_view pattern, int line) {
  std::string text(pattern);
  bool takes_back = pattern.starts_with('!');
  if (takes_back) pattern = trim(pattern.substr(1));
  if (pattern.empty()) {
    if (takes_back) return make_error(Kind::usage, "'!' takes nothing back", "write the pattern behind it");
    return {};
  }
  std::string clean = clean_path(pattern);
  if (clean.size() > 1 && clean.front() == '/') clean.erase(0, 1);
  rules_.push_back({TRY(PathPattern::parse(clean, PathPattern::Dialect::ignore)), takes_back, std::move(text), line});
  return {};
}

IgnoreRules::Matches IgnoreRules::match(std::string_view path, const Matches& parent) const {
  Matches matches(rules_.size(), false);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    matches[i] = (!parent.empty() && parent[i]) || rules_[i].pattern.matches(path);
  }
  return matches;
}

const IgnoreRules::Rule* IgnoreRules::excluding(const Matches& matches) const {
  for (std::size_t i = matches.size(); i-- > 0;) {
    if (matches[i]) return rules_[i].takes_back ? nullptr : &rules_[i];
  }
  return nullptr;
}

const IgnoreRules::Rule* IgnoreRules::excluding(std::string_view path) const {
  Matches matches;
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    matches = match(path.substr(0, end), matches);
    if (end == std::string_view::npos) return excluding(matches);
  }
}

bool IgnoreRules::may_take_back_below(std::string_view folder) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const Rule& rule) { return rule.takes_back && rule.pattern.may_match_below(folder); });
}

}  // namespace aictr::images
