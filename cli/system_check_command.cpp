#include "cli/system_check_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&SystemCheckFlags::repair>("repair", 0, "", "remove what is damaged, and the images that need it"),
    flag<&SystemCheckFlags::quiet>("quiet", 'q', "", "print damages alone"),
};

}  // namespace

const CommandFor<SystemCheckFlags> kSystemCheckCommand(Command{
    .name = "system check",
    .summary = "verify everything in the image store",
    .details =
        "Reads every manifest, configuration and layer and compares it with its digest. Ends with 1 when something is "
        "damaged, which is named. With --repair it is removed, and so are the images that need it: the next pull, load "
        "or "
        "build makes them whole, and gets no more than what is missing. What a container needs is left alone.",
    .examples = "aictr system check\naictr system check --repair",
    .flags = kFlags,
    .group = Group::system,
    .max_arguments = 0,
});

}  // namespace aictr::cli
