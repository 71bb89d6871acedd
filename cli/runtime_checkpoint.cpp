#include <unistd.h>

#include <array>

#include <fmt/core.h>
#include <limits.h>

#include "cli/attach.h"
#include "cli/bundle.h"
#include "cli/runtime_body.h"
#include "runtime/checkpoint.h"

namespace aictr::cli {
namespace {

// The flags of both, as runc has them.
struct CheckpointFlags : runtime::CriuOptions {
  std::string bundle;
  std::string pid_file;
  std::string console_socket;
  bool detach = false;
  bool no_subreaper = false;
  bool no_pivot = false;
};
using F = CheckpointFlags;

constexpr Flag kImagePath = flag<&F::image_path, F>("image-path", 0, "DIR", "where the files of criu are (checkpoint)");
constexpr Flag kWorkPath = flag<&F::work_path, F>("work-path", 0, "DIR", "where criu writes its logs");
constexpr Flag kTcp = flag<&F::tcp_established, F>("tcp-established", 0, "", "keep open TCP connections");
constexpr Flag kTcpClose = flag<&F::tcp_close, F>("tcp-close", 0, "", "close TCP connections");
constexpr Flag kUnix = flag<&F::ext_unix_sk, F>("ext-unix-sk", 0, "", "allow unix sockets to somebody outside");
constexpr Flag kShellJob = flag<&F::shell_job, F>("shell-job", 0, "", "allow jobs of a shell");
constexpr Flag kLazy = flag<&F::lazy_pages, F>("lazy-pages", 0, "", "memory is read when it is needed");
constexpr Flag kLocks = flag<&F::file_locks, F>("file-locks", 0, "", "keep locks of files");
constexpr Flag kCgroups =
    flag<&F::manage_cgroups, F>("manage-cgroups-mode", 0, "MODE", "soft, full, strict or ignore (soft)");
constexpr Flag kEmptyNs = flag<&F::empty_ns, F>("empty-ns", 0, "NAMESPACE", "leave its content out: network");
constexpr Flag kDedup = flag<&F::auto_dedup, F>("auto-dedup", 0, "", "drop memory that a later dump holds again");

constexpr Flag kCheckpointFlags[] = {
    kImagePath,
    kWorkPath,
    flag<&F::parent_path, F>("parent-path", 0, "DIR", "an earlier --pre-dump, from the image path on"),
    flag<&F::leave_running, F>("leave-running", 0, "", "let the container go on"),
    kTcp,
    flag<&F::tcp_skip_in_flight, F>("tcp-skip-in-flight", 0, "", "leave out TCP connections that are being made"),
    kTcpClose,
    flag<&F::link_remap, F>("link-remap", 0, "", "allow open files that are deleted to be linked again"),
    kUnix,
    kShellJob,
    kLazy,
    flag<&F::status_fd, F>("status-fd", 0, "FD", "written to when memory can be asked for"),
    flag<&F::page_server, F>("page-server", 0, "ADDRESS:PORT", "send the memory there"),
    kLocks,
    flag<&F::pre_dump, F>("pre-dump", 0, "", "write the memory only, and let the container go on"),
    kCgroups,
    kEmptyNs,
    kDedup,
};

constexpr Flag kRestoreFlags[] = {
    flag<&F::console_socket, F>("console-socket", 0, "PATH", "refused: a terminal cannot be restored"),
    kImagePath,
    kWorkPath,
    kTcp,
    kTcpClose,
    kUnix,
    kShellJob,
    kLocks,
    kCgroups,
    flag<&F::bundle, F>("bundle", 'b', "DIR", "the bundle (the current directory)"),
    flag<&F::detach, F>("detach", 'd', "", "do not wait for the process"),
    flag<&F::pid_file, F>("pid-file", 0, "FILE", "write the process's number there"),
    flag<&F::no_subreaper, F>("no-subreaper", 0, "", "ignored: aictr never is one"),
    flag<&F::no_pivot, F>("no-pivot", 0, "", "ignored: the root is criu's to make"),
    kEmptyNs,
    kDedup,
    kLazy,
    flag<&F::lsm_profile, F>("lsm-profile", 0, "TYPE:NAME", "another profile of AppArmor or label of SELinux"),
    flag<&F::lsm_mount_context, F>("lsm-mount-context", 0, "LABEL", "another label for mounts"),
};

constexpr CommandFor<CheckpointFlags> kCheckpoint = Command{
    .name = "checkpoint",
    .summary = "write a running container to files, by criu",
    .arguments = "ID",
    .details =
        "The container is gone afterwards, unless --leave-running or --pre-dump is given. Needs the program criu.",
    .examples = "aictr-runtime checkpoint --image-path DIR ID",
    .flags = kCheckpointFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

constexpr CommandFor<CheckpointFlags> kRestore = Command{
    .name = "restore",
    .summary = "make a container of the files of a checkpoint, and wait for it",
    .arguments = "ID",
    .details = "Pipes at its standard streams are replaced by ours. Hooks are not run again.",
    .examples = "aictr-runtime restore --image-path DIR --bundle DIR --detach ID",
    .flags = kRestoreFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

// criu goes to its working directory before it opens anything.
std::string absolute(const std::string& path) {
  std::array<char, PATH_MAX> here;
  if (path.starts_with('/') || ::getcwd(here.data(), here.size()) == nullptr) return path;
  return fmt::format("{}/{}", here.data(), path);
}

runtime::CriuOptions options_of(const CheckpointFlags& flags) {
  runtime::CriuOptions options = flags;
  options.image_path = absolute(flags.image_path);
  options.work_path = absolute(flags.work_path.empty() ? flags.image_path : flags.work_path);
  return options;
}

Result<int> checkpoint(const RuntimeContext& context, CheckpointFlags& flags,
                       const std::vector<std::string>& arguments) {
  TRY(runtime::checkpoint(context.root, arguments[0], options_of(flags)));
  return 0;
}

Result<int> restore(const RuntimeContext& context, CheckpointFlags& flags, const std::vector<std::string>& arguments) {
  Bundle bundle = TRY(load_bundle(flags.bundle));
  runtime::CreateRequest request;
  request.id = arguments[0];
  request.bundle = std::move(bundle.path);
  request.spec = std::move(bundle.spec);
  request.systemd_cgroup = context.globals.systemd_cgroup;
  request.pid_file = flags.pid_file;
  Attachment attachment = TRY(Attachment::begin());
  runtime::Created created = TRY(runtime::restore(context.root, std::move(request), options_of(flags)));
  if (flags.detach) return 0;
  sys::Ended ended = TRY(attachment.attend({created.pid, created.pidfd.get(), UniqueFd(), Newlines::by_host}));
  TRY(runtime::remove(context.root, arguments[0], runtime::Force::yes));
  return ended.exit_code();
}

}  // namespace

std::span<const RuntimeBody> checkpoint_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<CheckpointFlags, checkpoint>(kCheckpoint),
                                            bind_runtime<CheckpointFlags, restore>(kRestore)};
  return kBodies;
}

}  // namespace aictr::cli
