#include "cli/version_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&VersionFlags::format>("format", 'f', "FORMAT", "'json', or a template such as '{{.Client.Version}}'"),
};

}  // namespace

const CommandFor<VersionFlags> kVersionCommand(Command{
    .name = "version",
    .summary = "show the version and what it was built from",
    .examples = "aictr version --format '{{.Client.Version}}'",
    .flags = kFlags,
    .group = Group::system,
    .max_arguments = 0,
});

}  // namespace aictr::cli
