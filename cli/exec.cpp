#include "runtime/exec.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "cli/attach.h"
#include "cli/container_spec.h"
#include "cli/each_container.h"
#include "cli/event_log.h"
#include "cli/exec_command.h"
#include "cli/privilege.h"
#include "cli/protected_self.h"
#include "cli/run_process.h"
#include "cli/run_spec.h"
#include "oci/default_spec.h"

namespace aictr::cli {
namespace {

Result<void> choose_user(oci::Process& process, const std::string& user, pid_t pid) {
  if (user.empty()) return {};
  UniqueFd root = TRY(sys::open(AT_FDCWD, fmt::format("/proc/{}/root", pid), O_PATH | O_DIRECTORY));
  std::erase_if(process.env, [](const std::string& set) { return set.starts_with("HOME="); });
  process.user.additional_gids.clear();
  return set_user(process, user, {}, root.get());
}

Result<void> choose_environment(oci::Process& process, const ExecFlags& flags) {
  RunFlags given;
  given.env = flags.env;
  given.env_file = flags.env_file;
  auto set = TRY(given_environment(given, our_variable));
  for (const std::string& one : set) oci::set_env(process.env, one);
  if (flags.terminal && oci::find_env(process.env, "TERM") == nullptr) process.env.emplace_back("TERM=xterm");
  return {};
}

// The container's own process, with another command and what the flags change.
Result<oci::Process> process_of(const ContainerPlaces& places, const Container& container, const ExecFlags& flags,
                                const std::vector<std::string>& command, pid_t pid) {
  oci::Process process = TRY(runtime::process_of(places.states, container.id));
  process.args = command;
  process.terminal = flags.terminal;
  process.console_size.reset();
  if (flags.terminal) process.console_size = size_of_our_terminal();
  if (!flags.workdir.empty()) process.cwd = flags.workdir;
  TRY(choose_user(process, flags.user, pid));
  TRY(choose_environment(process, flags));
  if (flags.privileged) {
    auto all = TRY(HostFacts::read()).capabilities;
    process.capabilities = oci::Capabilities{all, all, {}, all, {}};
  }
  return process;
}

Result<pid_t> running_process(const ContainerPlaces& places, const Container& container) {
  Status status = TRY(places.containers.status(container, places.states));
  if (status == Status::paused) {
    return make_error(Kind::busy, fmt::format("container '{}' is paused", container.name),
                      fmt::format("`aictr unpause {}` lets it go on", container.name));
  }
  if (status != Status::running) {
    return make_error(Kind::busy, fmt::format("container '{}' is not running", container.name),
                      fmt::format("`aictr start {}` starts it", container.name));
  }
  return TRY(runtime::state(places.states, container.id)).pid;
}

Result<void> set_streams(const ExecFlags& flags) {
  if (flags.interactive && !flags.detach) return {};
  UniqueFd null = TRY(sys::open("/dev/null", O_RDWR));
  TRY(sys::replace(STDIN_FILENO, null.get()));
  if (!flags.detach) return {};
  TRY(sys::replace(STDOUT_FILENO, null.get()));
  return sys::replace(STDERR_FILENO, null.get());
}

}  // namespace

Result<int> exec(const Globals& globals, const ExecFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  TRY(protect_this_program());
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(arguments[0]));
  pid_t pid = TRY(running_process(places, container));
  runtime::ExecRequest request;
  request.id = container.id;
  request.process = TRY(process_of(places, container, flags, {arguments.begin() + 1, arguments.end()}, pid));
  request.die_with_parent = !flags.detach;
  Attachment attachment = TRY(Attachment::begin());
  UniqueFd complaints = TRY(sys::duplicate(STDERR_FILENO));
  TRY(set_streams(flags));
  auto made = runtime::exec(places.states, std::move(request));
  TRY(sys::replace(STDERR_FILENO, complaints.get()));
  runtime::Created created = TRY(std::move(made));
  report_event(globals, container, "exec_start", {{"execPid", std::to_string(created.pid)}});
  if (flags.detach) return 0;
  sys::Ended ended =
      TRY(attachment.attend({created.pid, created.pidfd.get(), std::move(created.terminal), Newlines::by_container}));
  return ended.exit_code();
}

}  // namespace aictr::cli
