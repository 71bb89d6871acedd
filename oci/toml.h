#pragma once

// As much of TOML (toml.io, 1.0) as the files of containers-registries.conf(5) are written in: tables, arrays of
// tables, strings on one line, booleans and arrays of strings. Values of other types are read over.

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace aictr::oci {

using TomlValue = std::variant<std::monostate, std::string, bool, std::vector<std::string>>;

struct TomlTable {
  std::string name;  // "registry.mirror"; empty for what stands before the first heading
  std::map<std::string, TomlValue> values;

  // The value of that name and type; nothing of it: the empty one.
  std::string text(const std::string& key) const;
  bool flag(const std::string& key) const;
};

// The tables in the order of their headings, each element of an array of tables by itself. Kind::corrupt names the
// line.
Result<std::vector<TomlTable>> parse_toml(std::string_view text);

}  // namespace aictr::oci
