#include "runtime/exec.h"

#include <fcntl.h>

#include <optional>

#include <fmt/core.h>

#include "base/sys_process.h"
#include "base/trace.h"
#include "runtime/cgroup.h"
#include "runtime/exec_check.h"
#include "runtime/hand_over.h"
#include "runtime/launch.h"
#include "runtime/process_identity.h"
#include "runtime/seccomp_text.h"
#include "runtime/spec_check.h"
#include "runtime/status.h"
#include "runtime/surroundings.h"
#include "runtime/visitor.h"

namespace aictr::runtime {
namespace {

// The parent's side of a process that joins a container; the child's is visitor.cpp. Destroyed before finish(), it ends
// the process.
class Visit {
 public:
  Visit(const StateRoot& root, ExecRequest request) : root_(root), request_(std::move(request)) {}
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    if (!process_.pidfd) return;
    // What cannot be killed has ended by itself.
    ignore(sys::pidfd_send_signal(process_.pidfd.get(), SIGKILL));
    ignore(sys::wait(process_.pid));
  }

  Result<void> find_container() {
    stored_ = TRY(load_record(root_, request_.id));
    std::string status = TRY(status_of(root_, stored_));
    TRY(check_visitable(status, request_.in_paused));
    auto first = TRY(open_first_process(stored_.record));
    if (!first) return check_visitable("stopped", false);
    RootOf root = stored_.record.shares_mounts ? RootOf::process : RootOf::mount_namespace;
    place_ = TRY(surroundings_of(stored_.record.pid, std::move(*first), root));
    return {};
  }

  Result<void> plan() {
    inherit_from(stored_.record.process, request_.process);
    TRY(check_process(request_.process));
    oci::Linux part;
    part.personality = stored_.record.personality;
    part.memory_policy = stored_.record.memory_policy;
    plan_ = TRY(plan_process(request_.process, part));
    if (!stored_.record.seccomp.empty()) plan_.seccomp = TRY(parse_seccomp(stored_.record.seccomp));
    return {};
  }

  Result<void> find_cgroup() {
    CgroupHost host = TRY(CgroupHost::detect());
    Cgroup whole = Cgroup::adopt(host, stored_.record.cgroups);
    cgroup_ = TRY(whole.below(request_.cgroups));
    return cgroup_->prepare_entry();
  }

  Result<void> start_process() {
    Handshake::Pair pair = TRY(Handshake::make());
    auto launched = launch(pair.child);
    if (!launched.ok() && launched.error().code == EBUSY && request_.cgroups.empty()) {
      // A container that hands its controllers on has its processes in cgroups below; beside the first one it is.
      cgroup_ = TRY(cgroup_->around(stored_.record.pid));
      TRY(cgroup_->prepare_entry());
      launched = launch(pair.child);
    }
    process_ = TRY(std::move(launched));
    if (process_.pid == 0) run_visitor({request_, plan_, !stored_.record.no_new_keyring, std::move(pair.child)});
    handshake_ = std::move(pair.parent);
    return {};
  }

  Result<void> await_ready() {
    HandshakeMessage message = TRY(handshake_->receive());
    if (message.step == Step::listener && !message.fds.empty()) {
      TRY(hand_over_listener(stored_.record, "running", process_.pid, message.fds[0].get()));
      message = TRY(handshake_->receive());
    }
    if (message.step != Step::ready)
      return make_error(Kind::internal, "the process was killed while it was being set up");
    if (!message.fds.empty()) terminal_ = std::move(message.fds[0]);
    return {};
  }

  Result<void> hand_over() {
    TRY(hand_over_terminal(request_.console_socket, terminal_));
    TRY(hand_over_pidfd(request_.pidfd_socket, process_.pidfd.get()));
    return write_pid_file(request_.pid_file, process_.pid);
  }

  // Why it could not exec, or the end of the connection: it is the program now.
  Result<void> see_it_start() {
    TRY(handshake_->receive());
    return {};
  }

  Created finish() {
    Created created;
    created.pid = process_.pid;
    created.pidfd = std::move(process_.pidfd);
    created.terminal = std::move(terminal_);
    return created;
  }

 private:
  Result<sys::Cloned> launch(Handshake& child) {
    std::set<int> kept = {child.socket().get()};
    for (const auto& [number, fd] : request_.extra_fds) kept.insert(fd);
    return launch_into({place_, cgroup_->v2_directory(), std::move(kept), [this] { return prepare(); }});
  }

  // Done outside, by the process that goes ahead; what it sets is inherited.
  Result<void> prepare() const {
    const std::optional<CpuAffinityPlan>& affinity = plan_.scheduling.exec_affinity;
    Procfs proc = TRY(Procfs::open());
    if (affinity) TRY(apply_affinity(affinity->initial, "/process/execCPUAffinity/initial"));
    TRY_AS("enter the cgroup", cgroup_->enter(cgroup_->v2_directory().has_value()));
    if (affinity) TRY(apply_affinity(affinity->final, "/process/execCPUAffinity/final"));
    return apply_proc_settings(request_.process, proc);
  }

  const StateRoot& root_;
  ExecRequest request_;
  StoredRecord stored_;
  Surroundings place_;
  ProcessPlan plan_;
  std::optional<Cgroup> cgroup_;
  std::optional<Handshake> handshake_;
  sys::Cloned process_;
  UniqueFd terminal_;
};

}  // namespace

Result<Created> exec(const StateRoot& root, ExecRequest request) {
  Visit visit(root, std::move(request));
  TRY(visit.find_container());
  TRY(visit.plan());
  TRY(visit.find_cgroup());
  trace_step("exec: planned");
  TRY(visit.start_process());
  trace_step("exec: process started");
  TRY(visit.await_ready());
  TRY(visit.hand_over());
  TRY(visit.see_it_start());
  trace_step("exec: process has become its program");
  return visit.finish();
}

Result<oci::Process> process_of(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  return std::move(stored.record.process);
}

}  // namespace aictr::runtime
