#include <unistd.h>

#include <fmt/core.h>

#include "base/trace.h"
#include "cli/attach.h"
#include "cli/bundle.h"
#include "cli/notify_socket.h"
#include "cli/runtime_body.h"
#include "cli/runtime_terminal.h"
#include "cli/socket_activation.h"

namespace aictr::cli {
namespace {

struct CreateFlags {
  std::string bundle;
  std::string console_socket;
  std::string pidfd_socket;
  std::string pid_file;
  int preserve_fds = 0;
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool detach = false;
  bool keep = false;
  bool no_subreaper = false;
};

constexpr Flag kBundle = flag<&CreateFlags::bundle>("bundle", 'b', "DIR", "the bundle (the current directory)");
constexpr Flag kConsoleSocket = flag<&CreateFlags::console_socket>(
    "console-socket", 0, "PATH", "unix socket that gets the master side of the terminal");
constexpr Flag kPidfdSocket =
    flag<&CreateFlags::pidfd_socket>("pidfd-socket", 0, "PATH", "unix socket that gets a pidfd of the process");
constexpr Flag kPidFile = flag<&CreateFlags::pid_file>("pid-file", 0, "FILE", "write the process's number there");
constexpr Flag kNoPivot =
    flag<&CreateFlags::no_pivot>("no-pivot", 0, "", "for a root on a ramdisk: move it to / instead");
constexpr Flag kNoNewKeyring = flag<&CreateFlags::no_new_keyring>(
    "no-new-keyring", 0, "", "leave the process in the session keyring of the caller");
constexpr Flag kPreserveFds =
    flag<&CreateFlags::preserve_fds>("preserve-fds", 0, "N", "hand over N descriptors of ours, from 3 on");

constexpr Flag kCreateFlags[] = {kBundle,  kConsoleSocket, kPidfdSocket, kPidFile,
                                 kNoPivot, kNoNewKeyring,  kPreserveFds};

constexpr Flag kRunFlags[] = {
    kBundle,
    kConsoleSocket,
    kPidfdSocket,
    kPidFile,
    kNoPivot,
    kNoNewKeyring,
    kPreserveFds,
    flag<&CreateFlags::detach>("detach", 'd', "", "do not wait for the process"),
    flag<&CreateFlags::keep>("keep", 0, "", "leave the stopped container for 'delete'"),
    flag<&CreateFlags::no_subreaper>("no-subreaper", 0, "", "ignored: aictr never is one"),
};

constexpr CommandFor<CreateFlags> kCreate = Command{
    .name = "create",
    .summary = "create a container whose process waits for 'start'",
    .arguments = "ID",
    .examples = "aictr-runtime create --bundle DIR --pid-file FILE ID",
    .flags = kCreateFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

constexpr CommandFor<CreateFlags> kRun = Command{
    .name = "run",
    .summary = "create a container, start it, wait for it and remove it",
    .arguments = "ID",
    .details = "The exit code is that of the container's process, or 128 and the number of the signal that ended it.",
    .examples = "aictr-runtime run --bundle DIR ID",
    .flags = kRunFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

Result<runtime::CreateRequest> request_of(const RuntimeContext& context, const CreateFlags& flags,
                                          const std::string& id, bool stays) {
  Bundle bundle = TRY(load_bundle(flags.bundle));
  bool terminal = bundle.spec.process && bundle.spec.process->terminal;
  TRY(check_terminal(terminal, flags.console_socket, !stays));
  if (flags.preserve_fds < 0) return make_error(Kind::usage, "--preserve-fds must not be negative");
  runtime::CreateRequest request;
  request.id = id;
  request.bundle = std::move(bundle.path);
  request.spec = std::move(bundle.spec);
  int sockets = listen_fd_count();
  for (int fd = 3; fd < 3 + sockets + flags.preserve_fds; ++fd) request.extra_fds[fd] = fd;
  request.console_socket = flags.console_socket;
  request.pidfd_socket = flags.pidfd_socket;
  request.pid_file = flags.pid_file;
  request.systemd_cgroup = context.globals.systemd_cgroup;
  request.no_pivot = flags.no_pivot;
  request.no_new_keyring = flags.no_new_keyring;
  if (stays) request.plain_newlines = true;
  if (!request.spec.process) return request;
  oci::Process& process = *request.spec.process;
  warn_of_unknown_capabilities(context, process);
  announce_listen_fds(process, sockets);
  if (stays && !process.console_size) process.console_size = size_of_our_terminal();
  return request;
}

Result<int> create(const RuntimeContext& context, CreateFlags& flags, const std::vector<std::string>& arguments) {
  auto request = TRY(request_of(context, flags, arguments[0], false));
  auto notify = NotifySocket::of_service(context.root, arguments[0]);
  if (notify) notify->announce(request);
  TRY(runtime::create(context.root, std::move(request)));
  return 0;
}

// A container that will say when it is ready must not start before somebody listens.
Result<runtime::Created> run_with(NotifySocket& notify, const runtime::StateRoot& root, runtime::CreateRequest request,
                                  bool detach) {
  std::string id = request.id;
  notify.announce(request);
  runtime::Created created = TRY(runtime::create(root, std::move(request)));
  TRY(notify.listen());
  TRY(runtime::start(root, id));
  TRY(detach ? notify.relay(created.pid, created.pidfd.get()) : notify.relay_beside(created.pid, created.pidfd.get()));
  return created;
}

Result<int> run(const RuntimeContext& context, CreateFlags& flags, const std::vector<std::string>& arguments) {
  const std::string& id = arguments[0];
  auto request = TRY(request_of(context, flags, id, !flags.detach));
  trace_step("run: config.json read");
  Attachment attachment = TRY(Attachment::begin());
  auto notify = NotifySocket::of_service(context.root, id);
  runtime::Created created = TRY(notify ? run_with(*notify, context.root, std::move(request), flags.detach)
                                        : runtime::run(context.root, std::move(request)));
  if (flags.detach) return 0;
  trace_step("run: started");
  sys::Ended ended =
      TRY(attachment.attend({created.pid, created.pidfd.get(), std::move(created.terminal), Newlines::by_host}));
  trace_step("run: ended");
  if (!flags.keep) TRY(runtime::remove(context.root, id, runtime::Force::yes, warns(context)));
  trace_step("run: removed");
  return ended.exit_code();
}

}  // namespace

std::span<const RuntimeBody> create_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<CreateFlags, create>(kCreate),
                                            bind_runtime<CreateFlags, run>(kRun)};
  return kBodies;
}

}  // namespace aictr::cli
