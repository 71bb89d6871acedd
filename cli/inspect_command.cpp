#include "cli/inspect_command.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kTypes[] = {"container", "image"};

constexpr Flag kFlags[] = {
    flag<&InspectFlags::format>("format", 'f', "FORMAT", "'json', or a template such as '{{.Config.Env}}'"),
    flag<&InspectFlags::type>("type", 0, "TYPE", "look for these only", kTypes),
};

}  // namespace

const CommandFor<InspectFlags> kInspectCommand(Command{
    .name = "inspect",
    .summary = "show all about containers and images, as JSON",
    .arguments = "NAME [NAME...]",
    .details = "A name is looked for among containers first, then among images.",
    .examples = "aictr inspect my-app\naictr inspect --format '{{json .Config.Env}}' my-app\n"
                "aictr inspect --type container --format '{{.State.Status}}' web",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::images_or_containers,
    .min_arguments = 1,
});

}  // namespace aictr::cli
