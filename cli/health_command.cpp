#include "cli/health_command.h"

namespace aictr::cli {

const CommandFor<NoFlags> kHealthCommand(Command{
    .name = "__health",
    .summary = "ask for the health of a container",
    .arguments = "ID",
    .group = Group::hidden,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
