// aictr-yaml: reads YAML from its standard input and prints what it means, or why it means nothing, for
// cli/yaml_reader.cpp. The library that reads YAML costs time at the start of every program that has it, so this one
// has it for all.

#include <unistd.h>

#include "base/sys.h"
#include "oci/yaml.h"

using namespace aictr;

int main() {
  auto text = sys::read_to_end(STDIN_FILENO);
  if (!text.ok()) return 1;
  std::string packed = oci::pack_yaml_result(oci::parse_yaml(text.value()));
  return sys::write_all(STDOUT_FILENO, packed).ok() ? 0 : 1;
}
