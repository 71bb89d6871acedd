#include "cli/system_check_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&SystemCheckFlags::quiet>("quiet", 'q', "", "print damages alone"),
};

}  // namespace

const CommandFor<SystemCheckFlags> kSystemCheckCommand(Command{
    .name = "system check",
    .summary = "verify everything in the image store",
    .details =
        "Reads every manifest, configuration and layer and compares it with its digest. Ends with 1 when something is "
        "damaged, which is named; remove the images that need it, and get them again.",
    .examples = "aictr system check",
    .flags = kFlags,
    .group = Group::system,
    .max_arguments = 0,
});

}  // namespace aictr::cli
