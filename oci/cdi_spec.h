#pragma once

// A file of the Container Device Interface, versions 0.1.0 to 1.1.0 (github.com/cncf-tags/container-device-interface,
// SPEC.md and specs-go/config.go): what a vendor says about giving containers its devices.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/container_edits.h"
#include "oci/yaml.h"

namespace aictr::oci {

struct CdiDevice {
  std::string name;
  std::map<std::string, std::string> annotations;
  ContainerEdits edits;
};

struct CdiSpec {
  std::string version;  // as written, perhaps with a leading 'v'
  std::string kind;     // "nvidia.com/gpu"
  std::map<std::string, std::string> annotations;
  std::vector<CdiDevice> devices;
  ContainerEdits edits;  // for every container that gets one of the devices

  const CdiDevice* find(std::string_view name) const;
};

enum class CdiSyntax { json, yaml };

// Reads and checks all that can be without looking at the host: names, that no member is unknown, that the version
// knows what is used. Kind::corrupt: "'FILE' line N: KEY reason", the key as a JSON pointer; `file` is for that only.
Result<CdiSpec> parse_cdi_spec(std::string_view text, CdiSyntax syntax, std::string_view file,
                               const YamlReader& read_yaml);

// What parse_cdi_spec() reads again, ending in a newline. `spec.version` is written as it is.
std::string print_cdi_spec(const CdiSpec& spec, CdiSyntax syntax);

// The line in such a file that a JSON pointer leads to; for errors that only a look at the host finds.
unsigned line_in_cdi_spec(std::string_view text, CdiSyntax syntax, std::string_view pointer,
                          const YamlReader& read_yaml);

// The oldest version that knows all that the spec uses, so that the most readers take it.
std::string minimum_cdi_version(const CdiSpec& spec);

}  // namespace aictr::oci
