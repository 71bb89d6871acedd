#include "cli/runtime_body.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

constexpr CommandFor<NoFlags> kPause = of_container("pause", "freeze every process of a container");

constexpr CommandFor<NoFlags> kResume = of_container("resume", "let the processes of a paused container go on");

Result<int> pause(const RuntimeContext& context, NoFlags&, const std::vector<std::string>& arguments) {
  TRY(runtime::pause(context.root, arguments[0]));
  return 0;
}

Result<int> resume(const RuntimeContext& context, NoFlags&, const std::vector<std::string>& arguments) {
  TRY(runtime::resume(context.root, arguments[0]));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> control_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<NoFlags, pause>(kPause),
                                            bind_runtime<NoFlags, resume>(kResume)};
  return kBodies;
}

}  // namespace aictr::cli
