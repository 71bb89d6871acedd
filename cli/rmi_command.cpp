#include "cli/rmi_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&RmiFlags::force>("force", 'f', "", "remove an image of several names, or of containers that have ended"),
};

}  // namespace

const CommandFor<RmiFlags> kRmiCommand(Command{
    .name = "rmi",
    .summary = "remove images",
    .arguments = "IMAGE [IMAGE...]",
    .details =
        "Takes a name away; with its last name an image goes, and with it every layer that no other image needs.",
    .examples = "aictr rmi my-app\naictr rmi -f $(aictr images -q --filter dangling=true)",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
});

}  // namespace aictr::cli
