#include "cli/nvml.h"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"
#include "cli/libexec.h"

namespace aictr::cli {
namespace {

constexpr std::chrono::seconds kDeadline{5};

}  // namespace

Result<hooks::NvmlFacts> ask_nvml(hooks::NvidiaDriver& driver) {
  auto library = std::ranges::find_if(driver.libraries, [](const hooks::DriverLibrary& candidate) {
    return candidate.name.starts_with("libnvidia-ml.so.") && !candidate.is_32bit;
  });
  if (library == driver.libraries.end()) {
    return make_error(Kind::not_found, "the driver has no libnvidia-ml, which alone knows this",
                      "name GPUs by number, UUID or PCI address");
  }
  Command command;
  command.program = TRY(libexec_program("aictr-nvml"));
  command.arguments = {"aictr-nvml", driver.roots.driver_path + library->path()};
  command.deadline = kDeadline;
  CommandResult result = TRY_AS("ask NVML", run_command(command));
  if (result.ended.exit_code() != 0) {
    return make_error(Kind::internal, fmt::format("NVML: {}", one_line(trim(result.output))));
  }
  return hooks::merge_nvml_report(result.output, driver.gpus);
}

}  // namespace aictr::cli
