#include "cli/runtime_body.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

constexpr CommandFor<NoFlags> kPause = Command{
    .name = "pause",
    .summary = "freeze every process of a container",
    .arguments = "ID",
    .details = "",
    .examples = "",
    .flags = {},
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

constexpr CommandFor<NoFlags> kResume = Command{
    .name = "resume",
    .summary = "let the processes of a paused container go on",
    .arguments = "ID",
    .details = "",
    .examples = "",
    .flags = {},
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

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
