#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/json.h"

namespace aictr::oci {

// A YAML document (1.2) as the JSON value that it stands for, with the lines of its parts for errors. Plain scalars
// are null, booleans and numbers as YAML 1.1 and 1.2 agree on them, and 0666 and 0o666 are octal; all others, and all
// in quotes, are strings. Names of members are always strings.
struct YamlDocument {
  Json root;
  std::map<std::string, unsigned> lines;  // from 1, by JSON pointer (RFC 6901); the root's is ""
};

// The first document of the text. Kind::corrupt names line and column; what aliases make of it is limited in size.
// Programs that start often do not call it: the library behind it costs 0.3 ms at every start, needed or not.
Result<YamlDocument> parse_yaml(std::string_view text);

// How YAML is read: parse_yaml(), or another program that calls it.
using YamlReader = std::function<Result<YamlDocument>(std::string_view text)>;

// A document, or why there is none, as text for such a program's output, and back.
std::string pack_yaml_result(const Result<YamlDocument>& result);
Result<YamlDocument> unpack_yaml_result(std::string_view text);

// Ends in a newline. What another reader could take for a number, a boolean or syntax stands in double quotes.
std::string print_yaml(const Json& json);

}  // namespace aictr::oci
