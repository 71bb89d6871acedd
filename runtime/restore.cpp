#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/text.h"
#include "runtime/checkpoint.h"
#include "runtime/container_id.h"
#include "runtime/creation.h"
#include "runtime/criu_run.h"
#include "runtime/mounts.h"
#include "runtime/restored_streams.h"
#include "runtime/rootfs.h"

namespace aictr::runtime {
namespace {

constexpr const char* kNetwork = "extRootNetNS";  // as it is called in the files

// By where each is mounted; what an older container had masked as a file shows the host's /dev/null.
std::map<std::string, std::string> sources_of(const Plan& plan, const oci::Linux& part, const Cgroup& cgroup) {
  std::map<std::string, std::string> sources;
  for (const std::string& path : part.masked_paths) sources[path] = "/dev/null";
  for (const MountOp& op : plan.mounts) {
    if (op.what == MountOp::What::bind) sources[op.destination] = op.source;
    if (op.what == MountOp::What::cgroup && !cgroup.directories().empty())
      sources[op.destination] = cgroup.directories().front();
  }
  return sources;
}

// criu wants the root to be a mount; one of criu's own mount namespace ends with it.
Result<void> mount_root(const std::string& root) {
  TRY(sys::unshare(CLONE_NEWNS));
  TRY(isolate_mounts(Receive::no));
  UniqueFd tree = TRY(sys::open_tree(AT_FDCWD, root, OPEN_TREE_CLONE | AT_RECURSIVE));
  return sys::move_mount(tree.get(), "", AT_FDCWD, root, MOVE_MOUNT_F_EMPTY_PATH);
}

Result<pid_t> read_pid(const std::string& file) {
  std::string text = TRY(read_file(AT_FDCWD, file));
  ignore(sys::unlink(AT_FDCWD, file));  // in a directory for logs it does no harm
  auto pid = parse_number<int>(trim(text));
  if (!pid) return make_error(Kind::corrupt, fmt::format("'{}' holds no number of a process", file));
  return *pid;
}

}  // namespace

Result<void> Creation::restore_process(const CriuOptions& options) {
  CriuRestore restore;
  restore.root = record_.rootfs;
  restore.pid_file = fmt::format("{}/{}.pid", options.work_path, request_.id);
  restore.outside = sources_of(plan_, linux_part(), *cgroup_);
  restore.descriptors = TRY(streams_to_replace(options.image_path));
  CriuRun run;
  for (const OpenNamespace& joined : namespaces_) {
    if (joined.type != NamespaceType::network) continue;
    restore.descriptors.emplace_back(joined.fd.get(), kNetwork);
    run.kept.push_back(joined.fd.get());
  }
  run.arguments = criu_restore_arguments(restore, options);
  run.log = "restore.log";
  run.cgroup = cgroup_->v2_directory();
  run.prepare = [&]() -> Result<void> {
    file_.reset();
    TRY(cgroup_->enter(cgroup_->v2_directory().has_value()));
    return mount_root(record_.rootfs);
  };
  TRY(run_criu(run, options));
  process_.pid = TRY(read_pid(restore.pid_file));
  process_.pidfd = TRY(sys::pidfd_open(process_.pid));
  if (scope_) scope_->release();
  return save_record();
}

Result<Created> restore(const StateRoot& root, CreateRequest request, const CriuOptions& options) {
  TRY(check_container_id(request.id));
  TRY(check_criu_options(options));
  TRY(find_criu());
  if (request.spec.process && request.spec.process->terminal)
    return make_error(Kind::unsupported, "/process/terminal: a process with a terminal cannot be restored");
  Plan plan = TRY(plan_container(request.spec, request.bundle));
  if (request.systemd_cgroup) plan.scope = TRY(plan_scope(request.spec, request.id));
  Creation creation(root, std::move(request), std::move(plan), Start::at_once);
  TRY(creation.claim_id());
  TRY(creation.open_sources());
  TRY(creation.make_cgroup());
  TRY(creation.restore_process(options));
  TRY(creation.hand_over());
  return creation.finish();
}

}  // namespace aictr::runtime
