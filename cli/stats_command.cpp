#include "cli/stats_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&StatsFlags::all>("all", 'a', "", "list those that do not run as well"),
    flag<&StatsFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.Name}} {{.CPUPerc}}'"),
    flag<&StatsFlags::no_stream>("no-stream", 0, "", "print once"),
    flag<&StatsFlags::no_trunc>("no-trunc", 0, "", "do not shorten ids"),
};

}  // namespace

const CommandFor<StatsFlags> kStatsCommand(Command{
    .name = "stats",
    .summary = "show what containers use, once a second",
    .arguments = "[CONTAINER...]",
    .details =
        "All that run, or those named. 100 % of a CPU are one processor all the time. Memory is without the cache "
        "of files that have not been used lately; its limit is the container's or the machine's memory. Traffic "
        "in the host's network is not counted.",
    .examples = "aictr stats\naictr stats --no-stream --format 'table {{.Name}}\\t{{.MemUsage}}'",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
});

}  // namespace aictr::cli
