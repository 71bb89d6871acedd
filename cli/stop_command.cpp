#include "cli/stop_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&StopFlags::signal>("signal", 's', "SIGNAL", "ask with this signal instead of the container's own"),
    flag<&StopFlags::time>("time", 't', "SECONDS", "kill it after that time; -1 waits for ever"),
    hidden(flag<&StopFlags::time>("timeout", 0, "SECONDS", "--time")),
};

}  // namespace

const CommandFor<StopFlags> kStopCommand(Command{
    .name = "stop",
    .summary = "end running containers",
    .arguments = "CONTAINER [CONTAINER...]",
    .details =
        "Sends the container's stop signal (SIGTERM unless the image or --stop-signal says otherwise), and SIGKILL "
        "when it still runs after its stop timeout (10 seconds unless --stop-timeout says otherwise).",
    .examples = "aictr stop web\naictr stop -t 60 training",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<StopFlags> kRestartCommand(Command{
    .name = "restart",
    .summary = "end containers and start them again",
    .arguments = "CONTAINER [CONTAINER...]",
    .examples = "aictr restart web",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

}  // namespace aictr::cli
