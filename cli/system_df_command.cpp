#include "cli/system_df_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&SystemDfFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.Type}} {{.Size}}'"),
};

}  // namespace

const CommandFor<SystemDfFlags> kSystemDfCommand(Command{
    .name = "system df",
    .summary = "show what takes up the disk",
    .arguments = "",
    .details =
        "Counts what is on the disk as du(1) does; what images share counts once. Reclaimable is what nothing uses: "
        "`aictr system prune --all` removes it. The member Bytes of a template has a size as a number.",
    .examples = "aictr system df\naictr system df --format '{{.Type}} {{.Bytes}}'",
    .flags = kFlags,
    .group = Group::system,
    .max_arguments = 0,
});

}  // namespace aictr::cli
