#include "cli/info_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&InfoFlags::format>("format", 'f', "FORMAT", "'json', or a template such as '{{.KernelVersion}}'"),
};

}  // namespace

const CommandFor<InfoFlags> kInfoCommand(Command{
    .name = "info",
    .summary = "show what aictr found on this machine: kernel, cgroups, storage, security",
    .examples = "aictr info\naictr info --format '{{json .Cgroup}}'",
    .flags = kFlags,
    .max_arguments = 0,
});

}  // namespace aictr::cli
