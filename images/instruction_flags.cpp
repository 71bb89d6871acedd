#include "images/instruction_flags.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

Error unknown(const std::string& name, std::span<const FlagRule> rules) {
  std::vector<std::string> names;
  for (const FlagRule& rule : rules) names.emplace_back(rule.name);
  auto meant = nearest(name, names);
  std::string hint;
  if (meant) {
    hint = fmt::format("did you mean '--{}'?", *meant);
  } else if (names.empty()) {
    hint = "it takes no flags";
  } else {
    hint = fmt::format("it knows --{}", join(names, ", --"));
  }
  return make_error(Kind::usage, fmt::format("unknown flag '--{}'", name), std::move(hint));
}

Result<void> check_value(const InstructionFlag& flag, const FlagRule& rule) {
  if (rule.type == FlagRule::Type::boolean) {
    std::string value = lower(flag.value.value_or("true"));
    if (value == "true" || value == "false") return {};
    return make_error(Kind::usage, fmt::format("flag '--{}' is true or false, not '{}'", flag.name, *flag.value));
  }
  if (flag.value && !flag.value->empty()) return {};
  return make_error(Kind::usage, fmt::format("flag '--{}' needs a value", flag.name),
                    fmt::format("write --{}=VALUE, without blanks", flag.name));
}

}  // namespace

Result<void> check_flags(const RawInstruction& raw, std::span<const FlagRule> rules) {
  for (auto flag = raw.flags.begin(); flag != raw.flags.end(); ++flag) {
    auto rule = std::ranges::find(rules, flag->name, &FlagRule::name);
    if (rule == rules.end()) return unknown(flag->name, rules);
    if (!rule->supported) {
      return make_error(Kind::unsupported, fmt::format("flag '--{}' is not supported yet", flag->name));
    }
    bool repeated = std::any_of(raw.flags.begin(), flag, [&](const auto& other) { return other.name == flag->name; });
    if (repeated && rule->type != FlagRule::Type::list) {
      return make_error(Kind::usage, fmt::format("flag '--{}' stands here twice", flag->name));
    }
    TRY(check_value(*flag, *rule));
  }
  return {};
}

std::string flag_text(const RawInstruction& raw, std::string_view name) {
  for (const InstructionFlag& flag : raw.flags) {
    if (flag.name == name) return flag.value.value_or("");
  }
  return {};
}

std::vector<std::string> flag_list(const RawInstruction& raw, std::string_view name) {
  std::vector<std::string> values;
  for (const InstructionFlag& flag : raw.flags) {
    if (flag.name == name) values.push_back(flag.value.value_or(""));
  }
  return values;
}

std::optional<bool> flag_switch(const RawInstruction& raw, std::string_view name) {
  for (const InstructionFlag& flag : raw.flags) {
    if (flag.name == name) return lower(flag.value.value_or("true")) == "true";
  }
  return std::nullopt;
}

}  // namespace aictr::images
