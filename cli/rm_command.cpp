#include "cli/rm_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&RmFlags::force>("force", 'f', "", "kill it first when it runs; no error when it is not there"),
    flag<&RmFlags::volumes>("volumes", 'v', "", "remove the volumes that were made for it alone as well"),
};

}  // namespace

const CommandFor<RmFlags> kRmCommand(Command{
    .name = "rm",
    .summary = "remove containers",
    .arguments = "CONTAINER [CONTAINER...]",
    .details = "A container is meant by its name, its id, or the start of its id.",
    .examples = "aictr rm web\naictr rm -f $(aictr ps -aq)",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::containers,
    .min_arguments = 1,
});

}  // namespace aictr::cli
