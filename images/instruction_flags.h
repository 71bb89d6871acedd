#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "images/dockerfile.h"

namespace aictr::images {

// A flag that an instruction knows.
struct FlagRule {
  enum class Type { text, boolean, list };
  std::string_view name;
  Type type = Type::text;
  bool supported = true;
};

// Kind::usage for a flag that is unknown, repeated, or without a value that fits; Kind::unsupported for one that aictr
// does not have.
Result<void> check_flags(const RawInstruction& raw, std::span<const FlagRule> rules);

// What a flag says once it has been checked.
std::string flag_text(const RawInstruction& raw, std::string_view name);  // empty when it is not there
std::vector<std::string> flag_list(const RawInstruction& raw, std::string_view name);
std::optional<bool> flag_switch(const RawInstruction& raw, std::string_view name);

}  // namespace aictr::images
