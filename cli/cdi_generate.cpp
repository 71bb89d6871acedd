#include "hooks/cdi_generate.h"

#include <fcntl.h>

#include "base/file.h"
#include "cli/cdi_command.h"
#include "cli/report.h"

namespace aictr::cli {

Result<int> cdi_generate(const Globals&, const CdiGenerateFlags& flags, const std::vector<std::string>&) {
  hooks::NvidiaDriver driver = TRY(hooks::find_driver(hooks::HostPaths::from_environment()));
  oci::CdiSpec spec = TRY(hooks::generate_nvidia_spec(driver));
  auto syntax = flags.format == "json" || flags.output.ends_with(".json") ? oci::CdiSyntax::json : oci::CdiSyntax::yaml;
  std::string text = oci::print_cdi_spec(spec, syntax);
  if (flags.output.empty()) {
    TRY(print(text));
  } else {
    TRY(write_file(AT_FDCWD, flags.output, text, 0644));
  }
  return 0;
}

}  // namespace aictr::cli
