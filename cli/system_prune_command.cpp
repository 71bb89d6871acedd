#include "cli/system_prune_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&SystemPruneFlags::all>("all", 'a', "", "also images that no container uses, and the build cache"),
    flag<&SystemPruneFlags::force>("force", 'f', "", "do not ask"),
    flag<&SystemPruneFlags::volumes>("volumes", 0, "", "also volumes without a name that no container uses"),
};

}  // namespace

const CommandFor<SystemPruneFlags> kSystemPruneCommand(Command{
    .name = "system prune",
    .summary = "remove what nobody uses",
    .arguments = "",
    .details =
        "Removes containers that have stopped, images that have lost their name, layers that nobody needs, and what "
        "commands that were broken off have left. With --all every image that no running container uses, and all that "
        "builds keep for the next one. Volumes stay unless --volumes is given, and those with a name in any case.",
    .examples = "aictr system prune\naictr system prune --all --force",
    .flags = kFlags,
    .group = Group::system,
    .max_arguments = 0,
});

}  // namespace aictr::cli
