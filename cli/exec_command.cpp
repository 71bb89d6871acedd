#include "cli/exec_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&ExecFlags::detach>("detach", 'd', "", "leave it running"),
    flag<&ExecFlags::env>("env", 'e', "NAME[=VALUE]", "set a variable; without a value, pass ours on"),
    flag<&ExecFlags::env_file>("env-file", 0, "FILE", "read variables from FILE"),
    flag<&ExecFlags::interactive>("interactive", 'i', "", "keep standard input open"),
    flag<&ExecFlags::privileged>("privileged", 0, "", "give it every capability"),
    flag<&ExecFlags::terminal>("tty", 't', "", "give it a terminal"),
    flag<&ExecFlags::user>("user", 'u', "USER[:GROUP]", "run as this user, by name or number"),
    flag<&ExecFlags::workdir>("workdir", 'w', "PATH", "start in this directory"),
};

}  // namespace

const CommandFor<ExecFlags> kExecCommand(Command{
    .name = "exec",
    .summary = "run one more command in a running container",
    .arguments = "CONTAINER COMMAND [ARG...]",
    .details = "The exit code is the command's own, as with `aictr run`.",
    .examples = "aictr exec -it training bash\naictr exec training nvidia-smi",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::containers,
    .interspersed = Interspersed::no,
    .min_arguments = 2,
});

}  // namespace aictr::cli
