#include "cli/top_command.h"

namespace aictr::cli {

const CommandFor<NoFlags> kTopCommand(Command{
    .name = "top",
    .summary = "list the processes of a container",
    .arguments = "CONTAINER [PS OPTIONS]",
    .details = "Numbers and users are the host's. The options are those of the host's ps(1), -ef without any; whatever "
               "they are, the list must have the column PID.",
    .examples = "aictr top web\naictr top web -eo pid,pcpu,rss,args",
    .group = Group::containers,
    .completes = Completes::containers,
    .interspersed = Interspersed::no,
    .min_arguments = 1,
});

}  // namespace aictr::cli
