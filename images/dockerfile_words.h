#pragma once

// The ways in which an instruction's arguments are cut into words. None of them substitutes variables.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "images/dockerfile.h"

namespace aictr::images {

// Takes the leading "--x" and "--x=y" off `arguments`; "--" alone ends them. Quotes and backslashes count here.
Result<std::vector<InstructionFlag>> take_flags(std::string_view& arguments);

// Words at blanks; quotes and escape characters group and stay in place, for expand() to take off.
std::vector<std::string> quoted_words(std::string_view arguments, char escape);

// ENV and LABEL: "K=V K=V …", or the old "K V", where V is all the rest.
struct NameValue {
  std::string name;
  std::string value;
};
Result<std::vector<NameValue>> name_values(std::string_view arguments, char escape);

// The strings of a JSON array; nullopt when this is no JSON array. Kind::usage when it is one and holds something else.
Result<std::optional<std::vector<std::string>>> json_words(std::string_view arguments);
bool is_json_form(std::string_view arguments);

}  // namespace aictr::images
