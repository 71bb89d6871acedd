#include "cli/ps_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&PsFlags::all>("all", 'a', "", "list those that do not run as well"),
    flag<&PsFlags::filter>(
        "filter", 'f', "KEY=VALUE",
        "list only what matches: ancestor, exited, health, id, label, name, network, status, volume"),
    flag<&PsFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.Names}}'"),
    flag<&PsFlags::last>("last", 'n', "NUMBER", "list the last containers made, whether they run or not"),
    flag<&PsFlags::latest>("latest", 'l', "", "list the last container made, whether it runs or not"),
    flag<&PsFlags::no_trunc>("no-trunc", 0, "", "do not shorten ids and commands"),
    flag<&PsFlags::quiet>("quiet", 'q', "", "print ids only"),
};

}  // namespace

const CommandFor<PsFlags> kPsCommand(Command{
    .name = "ps",
    .summary = "list containers",
    .examples = "aictr ps -a\naictr ps --filter status=exited -q\naictr ps --format 'table {{.Names}}\\t{{.Status}}'",
    .flags = kFlags,
    .group = Group::common,
    .max_arguments = 0,
});

}  // namespace aictr::cli
