#include "cli/image_prune_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&ImagePruneFlags::all>("all", 'a', "", "remove every image that no container uses"),
    flag<&ImagePruneFlags::force>("force", 'f', "", "do not ask"),
};

}  // namespace

const CommandFor<ImagePruneFlags> kImagePruneCommand(Command{
    .name = "image prune",
    .summary = "remove images that nobody uses",
    .details =
        "Removes images that have lost their name, layers that nobody needs, and what pulls that were broken off have "
        "left. Layers that the build cache needs stay.",
    .examples = "aictr image prune\naictr image prune -a -f",
    .flags = kFlags,
    .group = Group::images,
    .max_arguments = 0,
});

}  // namespace aictr::cli
