#include "cli/diff_command.h"

namespace aictr::cli {

const CommandFor<NoFlags> kDiffCommand(Command{
    .name = "diff",
    .summary = "list what a container has changed in the file system of its image",
    .arguments = "CONTAINER",
    .details =
        "A: added, C: changed, D: deleted. A directory is changed when something in it is. Directories and files "
        "that were made for a mount to lie on do not count, nor does what is in a mount.",
    .examples = "aictr diff web",
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
