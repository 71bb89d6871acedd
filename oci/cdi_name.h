#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::oci {

// The qualified name of a device of the Container Device Interface: "vendor/class=name", as in "nvidia.com/gpu=0".
struct CdiName {
  std::string vendor;
  std::string device_class;
  std::string name;

  std::string kind() const { return vendor + "/" + device_class; }
  std::string text() const { return kind() + "=" + name; }
  bool operator==(const CdiName&) const = default;
};

// Whether a word means a CDI device and not a path or something else: "a/b=c" that does not begin with '/'. It may
// still be no valid one.
bool looks_like_cdi_name(std::string_view text);

// Kind::usage says which part is wrong: vendor and class begin with a letter, a name with a letter or a digit, all end
// in one of these; between them '-', '_' and '.' may stand, in a name ':' too.
Result<CdiName> parse_cdi_name(std::string_view text);

// The same for the parts of a spec file: the kind "vendor/class" (the name stays empty), and a device's name. Empty
// when it is right, else what is wrong with it.
std::string problem_of_cdi_kind(std::string_view kind);
std::string problem_of_cdi_device_name(std::string_view name);

}  // namespace aictr::oci
