#include "cli/cp_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&CpFlags::archive>("archive", 'a', "",
                            "into a container: owned by the container's user; out of it: with the owners inside"),
    flag<&CpFlags::follow_link>("follow-link", 'L', "", "copy what a link at the source leads to"),
    flag<&CpFlags::quiet>("quiet", 'q', "", "do not tell what was done"),
};

}  // namespace

const CommandFor<CpFlags> kCpCommand(Command{
    .name = "cp",
    .summary = "copy files between a container and the host",
    .arguments = "CONTAINER:SOURCE DESTINATION|-, or SOURCE|- CONTAINER:DESTINATION",
    .details =
        "The container may run or not; its paths start at its root. A directory comes into a destination that is "
        "a directory, and else becomes it; 'DIRECTORY/.' means what it holds. - writes a tar to standard output, "
        "or reads one, which may be compressed, from standard input. A path of the host that holds a colon "
        "begins with '/' or './'.\n\n"
        "Into a container owners stay as they are on the host. Out of it everything is the caller's, without "
        "setuid bits and file capabilities, and device nodes are left out.",
    .examples = "aictr cp train:/out/model.pt .\naictr cp data/. train:/data\naictr cp train:/out - | tar -t",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 2,
    .max_arguments = 2,
});

}  // namespace aictr::cli
