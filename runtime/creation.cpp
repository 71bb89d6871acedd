#include "runtime/creation.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/units.h"
#include "runtime/cgroup_owner.h"
#include "runtime/hand_over.h"
#include "runtime/launch.h"
#include "runtime/lifecycle_hooks.h"
#include "runtime/mounts.h"
#include "runtime/process_identity.h"
#include "runtime/rootfs.h"
#include "runtime/seccomp_text.h"
#include "runtime/security_label.h"
#include "runtime/status.h"

namespace aictr::runtime {

Creation::Creation(const StateRoot& root, CreateRequest request, Plan plan, Start start)
    : root_(root), request_(std::move(request)), plan_(std::move(plan)), start_(start), record_(first_record()) {
  if (request_.spec.process) return;
  request_.spec.process.emplace();  // it has something to be until nobody starts it
  request_.spec.process->cwd = "/";
}

Creation::~Creation() {
  net_devices_.reset();  // before their namespace ends with the process
  // What cannot be taken down has no better owner; the error that led here is the one to report.
  if (process_.pidfd) {
    ignore(sys::pidfd_send_signal(process_.pidfd.get(), SIGKILL));
    ignore(sys::wait(process_.pid));
  }
  scope_.reset();
  if (cgroup_) ignore(cgroup_->remove());
  if (resctrl_) ignore(remove_resctrl(resctrl_->made()));
  if (!file_) return;
  ignore(remove_gate(root_, request_.id));
  ignore(remove_record(root_, request_.id));
  if (hooks_ran_) run_every_hook("poststop", record_.poststop, state_with(record_, "stopped"));
}

const oci::Linux& Creation::linux_part() const {
  static const oci::Linux kNone;
  return request_.spec.linux_part ? *request_.spec.linux_part : kNone;
}

oci::RuntimeRecord Creation::first_record() const {
  const oci::Spec& spec = request_.spec;
  oci::RuntimeRecord record;
  record.oci_version = spec.oci_version;
  record.id = request_.id;
  record.bundle = request_.bundle;
  // A root that is given as a mount has no place on the host.
  if (!request_.rootfs && spec.root && !spec.root->path.empty())
    record.rootfs = spec.root->path.starts_with('/') ? spec.root->path : request_.bundle + "/" + spec.root->path;
  record.created = rfc3339(std::chrono::system_clock::now());
  record.annotations = spec.annotations;
  record.process = spec.process.value_or(oci::Process{});
  record.personality = linux_part().personality;
  record.memory_policy = linux_part().memory_policy;
  if (linux_part().seccomp) {
    record.listener_path = linux_part().seccomp->listener_path;
    record.listener_metadata = linux_part().seccomp->listener_metadata;
  }
  record.no_new_keyring = request_.no_new_keyring;
  record.own_pid_namespace = plan_.namespaces.creates(NamespaceType::pid);
  record.shares_mounts = !plan_.namespaces.creates(NamespaceType::mount);
  for (const MountOp& op : plan_.mounts) {
    if (op.what == MountOp::What::bind || op.what == MountOp::What::cgroup)
      record.outside_mounts.push_back(op.destination);
  }
  record.masked_paths = linux_part().masked_paths;
  for (const NamespacePlan::Join& join : plan_.namespaces.joined()) {
    if (join.type == NamespaceType::network) record.network = join.path;
  }
  record.cgroups_path = linux_part().cgroups_path;
  if (record.cgroups_path.empty()) record.cgroups_path = "/aictr/" + request_.id;
  if (plan_.scope) {
    record.cgroups_path = plan_.scope->name.cgroup();
    record.scope = plan_.scope->name.unit;
  }
  if (spec.hooks) {
    record.poststart = spec.hooks->poststart;
    record.poststop = spec.hooks->poststop;
  }
  return record;
}

Result<void> Creation::open_sources() {
  if (!linux_part().mount_label.empty()) {
    Procfs proc = TRY(Procfs::open());
    TRY(check_mount_label(proc));
  }
  namespaces_ = TRY(open_namespaces(plan_.namespaces));
  TRY(check_sysctls(plan_.sysctls, namespaces_));
  if (!request_.rootfs) {
    if (record_.rootfs.empty()) return make_error(Kind::usage, "/root/path is missing");
    TRY_AS("/root/path", sys::open(record_.rootfs, O_PATH | O_DIRECTORY));
  }
  // Behind a user namespace the child has no rights on the host's directories, and ids are mapped by somebody outside.
  bool foreign = plan_.namespaces.has(NamespaceType::user);
  bool mapped = std::ranges::any_of(plan_.mounts, [](const MountOp& op) { return !op.id_maps.empty(); });
  if (foreign || mapped) binds_ = TRY(open_binds(plan_.mounts));
  if (foreign && !request_.rootfs) request_.rootfs = TRY(open_root(record_.rootfs));
  return {};
}

Result<void> Creation::claim_id() {
  file_ = TRY(StateFile::claim(root_, record_));
  if (request_.notify_directory) TRY(make_notify_directory(root_, request_.id));
  return {};
}

Result<void> Creation::make_cgroup() {
  host_ = TRY(CgroupHost::detect());
  if (plan_.scope) TRY(start_scope());
  // Who creates a container now and starts it later is a manager, and shows what its containers use.
  Accounting accounting = start_ == Start::when_told ? Accounting::all : Accounting::limited;
  auto made = Cgroup::create(host_, record_.cgroups_path, linux_part().resources.value_or(oci::Resources{}), accounting,
                             scope_ ? scope_->keeper() : 0);
  // As runc says it, whose callers look for the words.
  if (!made.ok() && (made.error().kind == Kind::denied || made.error().kind == Kind::busy))
    return std::move(made).error().context("unable to apply cgroup configuration");
  cgroup_ = TRY(std::move(made));
  record_.cgroups = cgroup_->directories();
  return prepare_resctrl();
}

Result<void> Creation::prepare_resctrl() {
  if (!linux_part().intel_rdt) return {};
  ResctrlPlan plan = TRY(plan_resctrl(*linux_part().intel_rdt, request_.id));
  std::string mount = TRY(resctrl_mount());
  resctrl_.emplace(TRY(ResctrlGroup::prepare(mount, plan)));
  record_.resctrl_group = resctrl_->directory();
  record_.resctrl = resctrl_->made();
  return {};
}

Result<void> Creation::start_scope() {
  if (host_.v2_mount.empty())
    return make_error(Kind::unsupported, "cgroups by systemd need cgroup v2, and this host has v1 alone",
                      "without --systemd-cgroup aictr makes cgroups itself");
  scope_.emplace(TRY(Scope::start(*plan_.scope)));
  record_.cgroups_path = scope_->cgroup();
  return {};
}

Inheritance Creation::inheritance(Handshake handshake) {
  return {request_,
          plan_,
          *cgroup_,
          plan_cgroup_view(host_, cgroup_->directories()),
          std::move(namespaces_),
          std::move(request_.rootfs),
          std::move(binds_),
          std::move(handshake),
          std::nullopt,
          state_with(record_, "creating")};
}

Result<void> Creation::start_process() {
  Handshake::Pair pair = TRY(Handshake::make());
  Inheritance child = inheritance(std::move(pair.child));
  if (start_ == Start::when_told) child.gate = TRY(StartGate::open(root_, request_.id));
  process_ = TRY(launch({plan_.namespaces, child.namespaces, linux_part().time_offsets, cgroup_->v2_directory()}));
  if (process_.pid == 0) {
    // Ours alone: the lock says that the creator lives, and the other end of the handshake that there is one.
    file_.reset();
    pair.parent.socket().reset();
    run_init(std::move(child));
  }
  handshake_ = std::move(pair.parent);
  if (scope_) scope_->release();
  return {};
}

Result<void> Creation::map_ids() {
  if (!plan_.namespaces.creates(NamespaceType::user)) return {};
  TRY_AS("map ids", write_id_maps(process_.pid, plan_.id_maps));
  return {};
}

Result<void> Creation::give_cgroup_away() {
  if (cgroup_->directories().empty() || !owns_cgroup(host_, plan_.namespaces, plan_.mounts)) return {};
  std::optional<uid_t> owner = request_.spec.process->user.uid;
  if (plan_.namespaces.has(NamespaceType::user)) {
    std::string map = TRY(read_file(AT_FDCWD, fmt::format("/proc/{}/uid_map", process_.pid)));
    owner = id_outside(map, *owner);
  }
  if (!owner || *owner == ::geteuid()) return {};
  auto given = give_cgroup(cgroup_->directories().front(), *owner);
  // Who is no root cannot, and the container goes without.
  if (given.ok() || given.error().code == EPERM) return {};
  return std::move(given).error().context("give the container its cgroup");
}

Result<void> Creation::move_net_devices() {
  if (linux_part().net_devices.empty()) return {};
  std::string network = fmt::format("/proc/{}/ns/net", process_.pid);
  for (const NamespacePlan::Join& join : plan_.namespaces.joined()) {
    if (join.type == NamespaceType::network) network = join.path;
  }
  UniqueFd fd = TRY(sys::open(network, O_RDONLY));
  net_devices_.emplace(TRY(NetDevices::move(linux_part().net_devices, std::move(fd))));
  return {};
}

Result<void> Creation::save_record() {
  record_.pid = process_.pid;
  // One that has died already is found out about at the next step.
  record_.start_time = start_time_of(process_.pid).value_or(0);
  if (plan_.process.seccomp) record_.seccomp = print_seccomp(*plan_.process.seccomp);
  return file_->save(record_);
}

Result<void> Creation::write_record() {
  TRY(save_record());
  if (resctrl_) TRY(resctrl_->add(process_.pid));
  return tell(Step::proceed, std::to_string(record_.pid));
}

Result<void> Creation::tell(Step step, std::string_view text) {
  auto sent = handshake_->send(step, text);
  // It has given up already; what it said before that is still to be read.
  if (!sent.ok() && sent.error().code == EPIPE) return {};
  return sent;
}

Result<HandshakeMessage> Creation::next_message() {
  HandshakeMessage message = TRY(handshake_->receive());
  if (message.step != Step::failed) return message;
  return make_error(Kind::internal, "the container's first process was killed while it was being set up",
                    "a memory limit below what a start needs does that");
}

Result<void> Creation::run_host_hooks() {
  hooks_ran_ = true;
  oci::State state = state_with(record_, "creating");
  TRY(run_hooks("prestart", request_.spec.hooks->prestart, state));
  TRY(run_hooks("createRuntime", request_.spec.hooks->create_runtime, state));
  return tell(Step::hooks_done);
}

Result<void> Creation::attend_process() {
  HandshakeMessage message = TRY(next_message());
  if (message.step == Step::environment) {
    TRY(run_host_hooks());
    message = TRY(next_message());
  }
  if (message.step == Step::listener && !message.fds.empty()) {
    TRY(hand_over_listener(record_, "creating", process_.pid, message.fds[0].get()));
    message = TRY(next_message());
  }
  if (message.step != Step::ready) return make_error(Kind::internal, "the handshake is out of step");
  if (!message.fds.empty()) terminal_ = std::move(message.fds[0]);
  return {};
}

Result<void> Creation::hand_over() {
  TRY(hand_over_terminal(request_.console_socket, terminal_));
  TRY(hand_over_pidfd(request_.pidfd_socket, process_.pidfd.get()));
  return write_pid_file(request_.pid_file, process_.pid);
}

Result<void> Creation::see_it_start() {
  if (start_ == Start::when_told) return {};
  TRY(handshake_->receive());  // why it could not exec, or the end of the connection: it is the program now
  auto hooked = run_hooks("poststart", record_.poststart, state_with(record_, "running"));
  hooks_ran_ = !hooked.ok();
  return hooked;
}

Created Creation::finish() {
  if (net_devices_) net_devices_->keep();
  file_.reset();
  cgroup_.reset();
  Created created;
  created.pid = process_.pid;
  created.pidfd = std::move(process_.pidfd);
  created.terminal = std::move(terminal_);
  return created;
}

}  // namespace aictr::runtime
