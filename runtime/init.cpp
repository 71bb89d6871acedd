#include "runtime/init.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "base/trace.h"
#include "runtime/lifecycle_hooks.h"
#include "runtime/mounts.h"
#include "runtime/net_devices.h"
#include "runtime/rooted_path.h"
#include "runtime/rootfs.h"
#include "runtime/terminal.h"
#include "runtime/workload.h"

namespace aictr::runtime {
namespace {

class Init {
 public:
  explicit Init(Inheritance inheritance) : in_(std::move(inheritance)), workload_(process(), in_.plan.process) {}

  // The life of the first process, from its birth to its exec.
  Result<void> run() {
    TRY(be_born());
    TRY(enter_namespaces());
    TRY(build_root());
    TRY(make_devices_and_terminal());
    TRY(protect_paths());
    TRY(run_create_hooks());
    TRY(move_in());
    TRY(name_the_host());
    TRY(take_streams());
    TRY(become_user());
    TRY(wait_for_start());
    return workload_.execute(in_.request.extra_fds, in_.handshake);
  }

  void fail(const Error& error) const { in_.handshake.fail(error); }

 private:
  Result<void> be_born() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(0);
    TRY(sys::setsid());
    proc_.emplace(TRY(Procfs::open()));
    TRY_AS("enter the cgroup", in_.cgroup.enter(in_.cgroup.v2_directory().has_value()));
    trace_step("init: in the cgroup");
    return {};
  }

  Result<void> enter_namespaces() {
    if (!in_.plan.namespaces.needs_forerunner()) TRY(join_namespaces(in_.namespaces));
    if (in_.plan.namespaces.creates(NamespaceType::cgroup)) TRY(sys::unshare(CLONE_NEWCGROUP));
    if (in_.plan.namespaces.creates(NamespaceType::user)) {
      TRY(hear_from_parent());  // until the ids are mapped we are nobody
      TRY(become_root_of_user_namespace());
    }
    if (in_.plan.namespaces.creates(NamespaceType::network)) TRY(bring_up_loopback());
    trace_step("init: in the namespaces");
    return {};
  }

  Result<void> build_root() {
    bool shared = in_.plan.root_propagation && in_.plan.root_propagation->type == MS_SHARED;
    bool receive = !in_.plan.root_propagation || in_.plan.root_propagation->type != MS_PRIVATE;
    // A bind that is to send its mounts back to the host must be copied while the host's mounts still do.
    if (shared && in_.binds.empty()) in_.binds = TRY(open_binds(in_.plan.mounts));
    if (own_mounts()) TRY(isolate_mounts(receive ? Receive::yes : Receive::no));
    if (!in_.root) in_.root = TRY(open_root(in_.state.rootfs));
    if (own_mounts()) TRY(attach_root(in_.root.get(), in_.state.rootfs));
    trace_step("init: root attached");
    auto mounted = apply_mounts(in_.root.get(), in_.plan.mounts, in_.binds, in_.cgroup_view);
    if (!mounted.ok() && !own_mounts() && mounted.error().code == EINVAL)
      return std::move(mounted).error().with_hint("without a mount namespace of its own a container needs Linux 6.15");
    TRY(std::move(mounted));
    TRY(attach_given(in_.root.get(), in_.request.mounts));
    trace_step("init: mounts made");
    return {};
  }

  Result<void> make_devices_and_terminal() {
    bool own_dev = !std::ranges::any_of(
        in_.plan.mounts, [](const MountOp& op) { return op.destination == "/dev" && op.what == MountOp::What::bind; });
    if (own_dev) {
      bool may_make = !in_.plan.namespaces.has(NamespaceType::user);
      TRY(make_directory_in_root(in_.root.get(), "/dev", 0755));
      TRY(make_devices(in_.root.get(), in_.plan.devices, may_make ? DeviceSource::make : DeviceSource::bind_from_host));
      TRY(make_device_links(in_.root.get()));
    }
    if (process().terminal) {
      terminal_ = TRY(open_terminal(in_.root.get(), {process().console_size, in_.request.plain_newlines}));
      TRY(make_console(in_.root.get(), *terminal_));
    }
    trace_step("init: devices made");
    return {};
  }

  Result<void> protect_paths() {
    const oci::Linux none;
    const oci::Linux& part = spec().linux_part ? *spec().linux_part : none;
    TRY(make_paths_read_only(in_.root.get(), part.readonly_paths));
    TRY(mask_paths(in_.root.get(), part.masked_paths));
    // Where it is missing and cannot be made, entering it says so.
    ignore(make_directory_in_root(in_.root.get(), process().cwd, 0755));
    trace_step("init: paths masked");
    return {};
  }

  Result<void> run_create_hooks() {
    if (!spec().hooks) return {};
    const oci::Hooks& hooks = *spec().hooks;
    if (hooks.prestart.empty() && hooks.create_runtime.empty() && hooks.create_container.empty()) return {};
    TRY(hear_from_parent());
    TRY(in_.handshake.send(Step::environment));
    TRY(in_.handshake.expect(Step::hooks_done));
    return run_hooks("createContainer", hooks.create_container, in_.state);
  }

  Result<void> move_in() {
    TRY(enter());
    if (spec().root && spec().root->readonly) TRY(make_root_read_only());
    if (in_.plan.root_propagation) TRY(set_root_propagation(*in_.plan.root_propagation));
    in_.root.reset();
    trace_step("init: root entered");
    return {};
  }

  Result<void> enter() const {
    if (!own_mounts()) return enter_root_unattached(in_.root.get());
    return in_.request.no_pivot ? enter_root_by_move(in_.root.get(), in_.state.rootfs) : enter_root(in_.root.get());
  }

  Result<void> name_the_host() {
    if (!spec().hostname.empty()) TRY(sys::sethostname(spec().hostname));
    if (!spec().domainname.empty()) TRY(sys::setdomainname(spec().domainname));
    return apply_sysctls(*proc_, in_.plan.sysctls);
  }

  Result<void> take_streams() {
    if (!in_.request.no_new_keyring) TRY(workload_.join_keyring(in_.request.id));
    return workload_.take_streams(terminal_);
  }

  Result<void> become_user() {
    TRY(apply_proc_settings(process(), *proc_));
    proc_.reset();
    TRY(close_strangers());
    TRY(workload_.become_user(in_.handshake));
    trace_step("init: became the user");
    return {};
  }

  Result<void> wait_for_start() {
    TRY(hear_from_parent());
    if (in_.request.die_with_parent) TRY(sys::prctl(PR_SET_PDEATHSIG, SIGKILL));  // lost with a change of user
    // Fails when the parent is gone already, too early for the signal.
    TRY(in_.handshake.send(Step::ready, {}, terminal_ ? terminal_->master.get() : -1));
    terminal_.reset();
    if (in_.gate) TRY(wait_at_gate());
    if (!spec().hooks || spec().hooks->start_container.empty()) return {};
    TRY(workload_.install_filter());
    return run_hooks("startContainer", spec().hooks->start_container, created_state());
  }

  Result<void> wait_at_gate() {
    in_.handshake.socket().reset();
    in_.handshake = TRY(in_.gate->wait());
    return {};
  }

  // What is opened from now on closes at the exec.
  Result<void> close_strangers() {
    std::set<int> kept = {in_.handshake.socket().get()};
    if (in_.gate) kept.insert(in_.gate->fd());
    if (terminal_) kept.insert(terminal_->master.get());
    for (const auto& [number, fd] : in_.request.extra_fds) kept.insert(fd);
    return close_all_but(kept);
  }

  // The parent has written down who we are; it is safe to go on, and hooks can be told our number.
  Result<void> hear_from_parent() {
    if (in_.state.pid != 0) return {};
    HandshakeMessage message = TRY(in_.handshake.expect(Step::proceed));
    in_.state.pid = parse_number<int>(message.text).value_or(0);
    return {};
  }

  oci::State created_state() const {
    oci::State state = in_.state;
    state.status = "created";
    return state;
  }

  bool own_mounts() const { return in_.plan.namespaces.creates(NamespaceType::mount); }
  const oci::Spec& spec() const { return in_.request.spec; }
  const oci::Process& process() const { return *in_.request.spec.process; }

  Inheritance in_;
  std::optional<Procfs> proc_;
  std::optional<Terminal> terminal_;
  Workload workload_;
};

}  // namespace

void run_init(Inheritance inheritance) {
  Init init(std::move(inheritance));
  auto done = init.run();
  init.fail(done.error());
  ::_exit(1);
}

}  // namespace aictr::runtime
