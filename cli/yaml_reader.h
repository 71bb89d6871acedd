#pragma once

#include <string_view>

#include "oci/yaml.h"

namespace aictr::cli {

// Reads YAML in a program of ours, aictr-yaml, and gives back what that printed: 2 ms where there is a file in YAML,
// and nothing at all in the start of every other command. An oci::YamlReader.
Result<oci::YamlDocument> read_yaml_apart(std::string_view text);

}  // namespace aictr::cli
