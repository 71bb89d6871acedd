#include "cli/events_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&EventsFlags::filter>("filter", 'f', "KEY=VALUE", "only what matches: container, event, image, label"),
    flag<&EventsFlags::format>("format", 0, "FORMAT", "'json', or a template such as '{{.Action}}'"),
    flag<&EventsFlags::since>("since", 0, "TIME", "begin with what happened from this time on"),
    flag<&EventsFlags::until>("until", 0, "TIME", "end at this time"),
};

}  // namespace

const CommandFor<EventsFlags> kEventsCommand(Command{
    .name = "events",
    .summary = "print what happens to containers",
    .details = "Goes on until it is ended, or to the time of --until. Times are as with `aictr logs`. What happened "
               "since the machine's start is kept, up to two mebibytes.",
    .examples = "aictr events --filter event=die\naictr events --since 1h --until 0s --format json",
    .flags = kFlags,
    .group = Group::containers,
    .max_arguments = 0,
});

}  // namespace aictr::cli
