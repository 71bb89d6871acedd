#include "cli/ended_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&EndedFlags::code>("code", 0, "NUMBER", "its exit code"),
    flag<&EndedFlags::claim>("claim", 0, "FD", "the lock of who looks after it"),
    flag<&EndedFlags::client>("client", 0, "FD", "somebody who waits"),
};

}  // namespace

const CommandFor<EndedFlags> kEndedCommand(Command{
    .name = "__ended",
    .summary = "put a container away that has ended, or start it again",
    .arguments = "ID",
    .flags = kFlags,
    .group = Group::hidden,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
