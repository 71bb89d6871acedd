#include "oci/cdi_spec.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "oci/cdi_check.h"
#include "oci/cdi_fields.h"

namespace aictr::oci {
namespace {

Error at_line(std::string_view file, unsigned line, const Problem& problem) {
  std::string_view key = problem.pointer.empty() ? "the document" : std::string_view(problem.pointer);
  // Names of members are a stranger's words.
  std::string what = one_line(fmt::format("{} {}", key, problem.reason));
  return make_error(Kind::corrupt, fmt::format("'{}' line {}: {}", file, line, what));
}

}  // namespace

const CdiDevice* CdiSpec::find(std::string_view name) const {
  auto device = std::find_if(devices.begin(), devices.end(), [&](const CdiDevice& d) { return d.name == name; });
  return device != devices.end() ? &*device : nullptr;
}

Result<CdiSpec> parse_cdi_spec(std::string_view text, CdiSyntax syntax, std::string_view file,
                               const YamlReader& read_yaml) {
  std::string quoted = fmt::format("'{}'", file);
  YamlDocument document;
  if (syntax == CdiSyntax::yaml) {
    document = TRY_AS(quoted, read_yaml(text));
  } else {
    document.root = TRY_AS(quoted, parse_json(text));
  }
  Problem problem;
  Reading reading{true, syntax == CdiSyntax::yaml};
  auto spec = Decoder::decode<CdiSpec>(document.root, reading, problem);
  if (problem.reason.empty()) problem = check_cdi_spec(spec);
  if (problem.reason.empty()) return spec;
  unsigned line =
      syntax == CdiSyntax::yaml ? line_in_table(document.lines, problem.pointer) : line_in_json(text, problem.pointer);
  return at_line(file, line, problem);
}

std::string print_cdi_spec(const CdiSpec& spec, CdiSyntax syntax) {
  Json json = Encoder::encode(spec);
  return syntax == CdiSyntax::yaml ? print_yaml(json) : print_json(json, 2) + "\n";
}

unsigned line_in_cdi_spec(std::string_view text, CdiSyntax syntax, std::string_view pointer,
                          const YamlReader& read_yaml) {
  if (syntax == CdiSyntax::json) return line_in_json(text, pointer);
  auto document = read_yaml(text);
  return document.ok() ? line_in_table(document.value().lines, pointer) : 1;
}

}  // namespace aictr::oci
