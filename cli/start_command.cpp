#include "cli/start_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kStartFlags[] = {
    flag<&StartFlags::attach>("attach", 'a', "", "stay with it, and end with its exit code"),
    flag<&StartFlags::detach_keys>("detach-keys", 0, "KEYS", "keys that leave it running; ctrl-],ctrl-] unless given"),
    flag<&StartFlags::interactive>("interactive", 'i', "", "pass standard input on; stays with it as well"),
    flag<&StartFlags::sig_proxy>("sig-proxy", 0, "", "pass signals on to it"),
};

constexpr Flag kAttachFlags[] = {
    flag<&AttachFlags::detach_keys>("detach-keys", 0, "KEYS", "keys that leave it running; ctrl-],ctrl-] unless given"),
    flag<&AttachFlags::no_stdin>("no-stdin", 0, "", "do not pass standard input on"),
    flag<&AttachFlags::sig_proxy>("sig-proxy", 0, "", "pass signals on to it"),
};

}  // namespace

const CommandFor<StartFlags> kStartCommand(Command{
    .name = "start",
    .summary = "start containers that do not run",
    .arguments = "CONTAINER [CONTAINER...]",
    .details = "Starts what `aictr create` made or what has ended, with its files as they were left.",
    .examples = "aictr start web\naictr start -ai shell",
    .flags = kStartFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
});

const CommandFor<AttachFlags> kAttachCommand(Command{
    .name = "attach",
    .summary = "connect the terminal to a running container",
    .arguments = "CONTAINER",
    .details =
        "Carries our standard streams to and from the container's first process. The detach keys leave it running: "
        "ctrl-] twice, or what --detach-keys or detachKeys of Docker's config.json say.",
    .examples = "aictr attach shell",
    .flags = kAttachFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
