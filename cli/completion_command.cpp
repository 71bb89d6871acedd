#include "cli/completion_command.h"

namespace aictr::cli {

const CommandFor<NoFlags> kCompletionCommand(Command{
    .name = "completion",
    .summary = "print the script that completes aictr's words in a shell",
    .arguments = "bash|zsh|fish",
    .details = "The installation puts the scripts where the shells look for them. By hand:\n\n"
               "  bash:  source <(aictr completion bash)\n"
               "  zsh:   source <(aictr completion zsh)\n"
               "  fish:  aictr completion fish | source",
    .examples = "source <(aictr completion bash)",
    .group = Group::system,
    .completes = Completes::shells,
    .min_arguments = 1,
    .max_arguments = 1,
});

const CommandFor<NoFlags> kCompleteCommand(Command{
    .name = "__complete",
    .summary = "list what the last word may become",
    .arguments = "[WORD...]",
    .group = Group::hidden,
    .interspersed = Interspersed::no,
});

}  // namespace aictr::cli
