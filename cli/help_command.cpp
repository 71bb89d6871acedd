#include "cli/help_command.h"

namespace aictr::cli {

const CommandFor<NoFlags> kHelpCommand(Command{
    .name = "help",
    .summary = "explain a command",
    .arguments = "[COMMAND]",
    .examples = "aictr help run",
    .group = Group::system,
    .completes = Completes::commands,
});

const CommandFor<NoFlags> kManCommand(Command{
    .name = "__man",
    .summary = "write the man pages into a directory",
    .arguments = "DIR",
    .group = Group::hidden,
    .completes = Completes::files,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
