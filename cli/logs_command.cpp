#include "cli/logs_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&LogsFlags::details>("details", 0, "", "put the container's labels in front of each line"),
    flag<&LogsFlags::follow>("follow", 'f', "", "go on with what comes, until the container ends"),
    flag<&LogsFlags::since>("since", 0, "TIME",
                            "from this time on: 2026-11-28T10:00:00Z, seconds since 1970, or 10m ago"),
    flag<&LogsFlags::tail>("tail", 'n', "NUMBER", "the last lines alone"),
    flag<&LogsFlags::timestamps>("timestamps", 't', "", "put the time in front of each line"),
    flag<&LogsFlags::until>("until", 0, "TIME", "up to this time"),
};

}  // namespace

const CommandFor<LogsFlags> kLogsCommand(Command{
    .name = "logs",
    .summary = "print what a container has written",
    .arguments = "CONTAINER",
    .details = "Standard output and standard error come out as they went in. The log is kept until the container is "
               "removed; --log-opt of `aictr run` says how much of it.",
    .examples = "aictr logs -f training\naictr logs --tail 20 -t web",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
