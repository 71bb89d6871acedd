#include "cli/tag_command.h"

namespace aictr::cli {
const CommandFor<NoFlags> kTagCommand(Command{
    .name = "tag",
    .summary = "give an image another name",
    .arguments = "IMAGE NAME[:TAG]",
    .details = "The name is taken from the image that had it.",
    .examples = "aictr tag my-app my-app:1.0",
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 2,
    .max_arguments = 2,
});

}  // namespace aictr::cli
