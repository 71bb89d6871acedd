#include "cli/control_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kKillFlags[] = {
    flag<&KillFlags::signal>("signal", 's', "SIGNAL", "send this one instead of SIGKILL"),
};

}  // namespace

const CommandFor<KillFlags> kKillCommand(Command{
    .name = "kill",
    .summary = "send a signal to running containers",
    .arguments = "CONTAINER [CONTAINER...]",
    .examples = "aictr kill training\naictr kill -s USR1 training",
    .flags = kKillFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<NoFlags> kPauseCommand(Command{
    .name = "pause",
    .summary = "freeze everything that runs in containers",
    .arguments = "CONTAINER [CONTAINER...]",
    .examples = "aictr pause training\naictr unpause training",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<NoFlags> kUnpauseCommand(Command{
    .name = "unpause",
    .summary = "let paused containers go on",
    .arguments = "CONTAINER [CONTAINER...]",
    .examples = "aictr unpause training",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<NoFlags> kWaitCommand(Command{
    .name = "wait",
    .summary = "wait until containers end, and print their exit codes",
    .arguments = "CONTAINER [CONTAINER...]",
    .examples = "aictr wait training && aictr cp training:/model .",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<NoFlags> kRenameCommand(Command{
    .name = "rename",
    .summary = "give a container another name",
    .arguments = "CONTAINER NAME",
    .examples = "aictr rename calm_lovelace web",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 2,
    .max_arguments = 2,
});

}  // namespace aictr::cli
