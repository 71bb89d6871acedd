// Files of the Container Device Interface: what is read is printed and read again as the same, in both syntaxes, and an
// error names the file.

#include "oci/cdi_spec.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;

void fuzz(std::string_view input) {
  for (auto syntax : {oci::CdiSyntax::json, oci::CdiSyntax::yaml}) {
    auto spec = oci::parse_cdi_spec(input, syntax, "f", oci::parse_yaml);
    if (!spec.ok()) {
      require(spec.error().message.starts_with("'f'"), "an error names the file");
      require(spec.error().message.find('\n') == std::string::npos, "an error is one line");
      continue;
    }
    require(!spec.value().devices.empty() && !spec.value().kind.empty(), "a spec has devices of a kind");
    for (auto other : {oci::CdiSyntax::json, oci::CdiSyntax::yaml}) {
      std::string printed = oci::print_cdi_spec(spec.value(), other);
      auto again = oci::parse_cdi_spec(printed, other, "f", oci::parse_yaml);
      require(again.ok() && oci::print_cdi_spec(again.value(), other) == printed,
              "what is printed is read again as the same");
    }
  }
}
