#pragma once

#include <map>
#include <string>
#include <string_view>

namespace aictr::oci {

// One step of a JSON pointer (RFC 6901): "/", and the name with its '~' and '/' escaped.
std::string pointer_token(std::string_view name);

// The line, from 1, that the value of `pointer` begins on (of a member, its name), in text that parse_json() accepts.
// Where there is no such value, the line of the nearest one around it.
unsigned line_in_json(std::string_view json, std::string_view pointer);

// The same in the table of parse_yaml().
unsigned line_in_table(const std::map<std::string, unsigned>& lines, std::string_view pointer);

}  // namespace aictr::oci
