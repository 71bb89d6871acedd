#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/trace.h"
#include "cli/attach.h"
#include "cli/runtime_body.h"
#include "cli/runtime_terminal.h"
#include "runtime/exec.h"

namespace aictr::cli {
namespace {

constexpr int kFailure = 255;  // so that it is no code of the program's own

struct ExecFlags {
  std::string console_socket;
  std::string pidfd_socket;
  std::string cwd;
  std::vector<std::string> env;
  bool tty = false;
  std::string user;
  std::vector<std::string> additional_gids;
  std::string process;
  bool detach = false;
  std::string pid_file;
  std::string process_label;
  std::string apparmor;
  bool no_new_privs = false;
  std::vector<std::string> cap;
  int preserve_fds = 0;
  std::vector<std::string> cgroup;
  bool ignore_paused = false;
};

constexpr Flag kExecFlags[] = {
    flag<&ExecFlags::console_socket>("console-socket", 0, "PATH",
                                     "unix socket that gets the master side of the terminal"),
    flag<&ExecFlags::pidfd_socket>("pidfd-socket", 0, "PATH", "unix socket that gets a pidfd of the process"),
    flag<&ExecFlags::cwd>("cwd", 0, "DIR", "its working directory in the container"),
    flag<&ExecFlags::env>("env", 'e', "NAME=VALUE", "a variable of its environment; may be repeated"),
    flag<&ExecFlags::tty>("tty", 't', "", "give it a terminal"),
    flag<&ExecFlags::user>("user", 'u', "UID[:GID]", "its user"),
    flag<&ExecFlags::additional_gids>("additional-gids", 'g', "GID", "one more group of its user; may be repeated"),
    flag<&ExecFlags::process>("process", 'p', "FILE", "its 'process' object as of config.json, in place of a command"),
    flag<&ExecFlags::detach>("detach", 'd', "", "do not wait for the process"),
    flag<&ExecFlags::pid_file>("pid-file", 0, "FILE", "write the process's number there"),
    flag<&ExecFlags::process_label>("process-label", 0, "LABEL", "its SELinux label"),
    flag<&ExecFlags::apparmor>("apparmor", 0, "PROFILE", "its AppArmor profile"),
    flag<&ExecFlags::no_new_privs>("no-new-privs", 0, "", "it gains no rights by what it executes"),
    flag<&ExecFlags::cap>("cap", 'c', "CAP_NAME", "one more capability; may be repeated"),
    flag<&ExecFlags::preserve_fds>("preserve-fds", 0, "N", "hand over N descriptors of ours, from 3 on"),
    flag<&ExecFlags::cgroup>("cgroup", 0, "[CONTROLLER:]PATH",
                             "a cgroup below the container's to be in; may be repeated"),
    flag<&ExecFlags::ignore_paused>("ignore-paused", 0, "", "also in a paused container"),
};

constexpr CommandFor<ExecFlags> kExec = Command{
    .name = "exec",
    .summary = "run one more process in a container",
    .arguments = "ID COMMAND [ARG...]",
    .details =
        "The exit code is that of the process, or 128 and the number of the signal that ended it; 255 when it "
        "cannot be run.",
    .examples = "aictr-runtime exec --tty ID sh\naictr-runtime exec --process FILE --detach --pid-file FILE ID",
    .flags = kExecFlags,
    .interspersed = Interspersed::no,
    .min_arguments = 1,
    .program = "aictr-runtime",
};

Error no_id(std::string_view what, const std::string& text) {
  return make_error(Kind::usage, fmt::format("{}: '{}' is no number of one", what, text));
}

// Strictly numbers: a word that is read as 0 would be root (CVE-2026-30892).
Result<void> set_user(const std::string& text, oci::User& user) {
  std::vector<std::string> parts = split(text, ':');
  if (parts.size() > 2) return no_id("--user", text);
  auto uid = parse_number<uid_t>(parts[0]);
  if (!uid) return no_id("--user", text);
  user.uid = *uid;
  if (parts.size() == 1) return {};
  auto gid = parse_number<gid_t>(parts[1]);
  if (!gid) return no_id("--user", text);
  user.gid = *gid;
  return {};
}

Result<void> add_groups(const std::vector<std::string>& groups, oci::User& user) {
  for (const std::string& text : groups) {
    auto gid = parse_number<gid_t>(text);
    if (!gid) return no_id("--additional-gids", text);
    user.additional_gids.push_back(*gid);
  }
  return {};
}

void add_capabilities(const std::vector<std::string>& names, oci::Process& process) {
  if (names.empty()) return;
  if (!process.capabilities) process.capabilities.emplace();
  for (auto* set : {&process.capabilities->bounding, &process.capabilities->effective, &process.capabilities->permitted,
                    &process.capabilities->ambient})
    set->insert(set->end(), names.begin(), names.end());
}

Result<oci::Process> process_from_file(const std::string& path) {
  std::string text = TRY_AS("--process", path == "-" ? sys::read_to_end(STDIN_FILENO) : read_file(AT_FDCWD, path));
  return oci::parse_process(text);
}

// The container's own process, with another command and what the flags change.
Result<oci::Process> process_from_flags(const RuntimeContext& context, const ExecFlags& flags,
                                        const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return make_error(Kind::usage, "process args cannot be empty");
  oci::Process process = TRY(runtime::process_of(context.root, arguments[0]));
  process.args.assign(arguments.begin() + 1, arguments.end());
  process.terminal = flags.tty;
  process.console_size.reset();
  process.env.insert(process.env.end(), flags.env.begin(), flags.env.end());
  if (!flags.cwd.empty()) process.cwd = flags.cwd;
  if (!flags.apparmor.empty()) process.apparmor_profile = flags.apparmor;
  if (!flags.process_label.empty()) process.selinux_label = flags.process_label;
  if (flags.no_new_privs) process.no_new_privileges = true;
  if (!flags.user.empty()) TRY(set_user(flags.user, process.user));
  TRY(add_groups(flags.additional_gids, process.user));
  add_capabilities(flags.cap, process);
  return process;
}

Result<runtime::ExecRequest> request_of(const RuntimeContext& context, const ExecFlags& flags,
                                        const std::vector<std::string>& arguments) {
  if (flags.preserve_fds < 0) return make_error(Kind::usage, "--preserve-fds must not be negative");
  runtime::ExecRequest request;
  request.id = arguments[0];
  request.process =
      TRY(flags.process.empty() ? process_from_flags(context, flags, arguments) : process_from_file(flags.process));
  warn_of_unknown_capabilities(context, request.process);
  TRY(check_terminal(request.process.terminal, flags.console_socket, flags.detach));
  for (int fd = 3; fd < 3 + flags.preserve_fds; ++fd) request.extra_fds[fd] = fd;
  request.console_socket = flags.console_socket;
  request.pidfd_socket = flags.pidfd_socket;
  request.pid_file = flags.pid_file;
  request.cgroups = flags.cgroup;
  request.in_paused = flags.ignore_paused;
  request.plain_newlines = !flags.detach;
  if (!flags.detach && !request.process.console_size) request.process.console_size = size_of_our_terminal();
  return request;
}

Result<int> exec(const RuntimeContext& context, ExecFlags& flags, const std::vector<std::string>& arguments) {
  auto request = TRY(request_of(context, flags, arguments));
  Attachment attachment = TRY(Attachment::begin());
  runtime::Created created = TRY(runtime::exec(context.root, std::move(request)));
  if (flags.detach) return 0;
  sys::Ended ended =
      TRY(attachment.attend({created.pid, created.pidfd.get(), std::move(created.terminal), Newlines::by_host}));
  trace_step("exec: ended");
  return ended.exit_code();
}

}  // namespace

std::span<const RuntimeBody> exec_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<ExecFlags, exec>(kExec, kFailure)};
  return kBodies;
}

}  // namespace aictr::cli
