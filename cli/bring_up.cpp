#include "cli/bring_up.h"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include <fmt/core.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/trace.h"
#include "base/units.h"
#include "base/unix_socket.h"
#include "cli/attach.h"
#include "cli/attach_protocol.h"
#include "cli/container_network.h"
#include "cli/container_spec.h"
#include "cli/container_streams.h"
#include "cli/health.h"
#include "cli/host_ca.h"
#include "cli/libexec.h"
#include "cli/monitor_plan.h"
#include "cli/report.h"
#include "cli/run_caches.h"
#include "cli/run_gpus.h"
#include "cli/run_life.h"
#include "cli/run_mounts.h"
#include "images/snapshot.h"
#include "runtime/self_protect.h"

namespace aictr::cli {
namespace {

double seconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

Result<UniqueFd> sockets_directory(const Globals& globals) {
  return make_and_open_directory(AT_FDCWD, globals.runroot + "/attach", 0700);
}

class Start {
 public:
  Start(const Globals& globals, const ContainerPlaces& places, MadeContainer& made)
      : globals_(globals), containers_(places.containers), states_(places.states), made_(made) {}

  Result<void> mount_root() {
    images::Store store = TRY(images::Store::open(globals_.root));
    auto view = [&] { return images::mount_layers(store, made_.layers, std::nullopt); };
    const RunFlags& flags = made_.flags;
    std::string directory = containers_.directory(made_.record);
    gpus_ = TRY(grant_gpus({flags.gpus, flags.driver_root, {}}, made_.spec.process->env, view, directory));
    for (const std::string& choice : gpus_.chosen) report_choice(globals_, choice);
    images::Writable writable = containers_.writable(made_.record);
    writable.under = gpus_.under;
    rootfs_ = TRY(images::mount_layers(store, made_.layers, writable));
    trace_step("root file system mounted");
    return {};
  }

  // What only the container's id, directory and root can tell.
  Result<void> complete_spec() {
    const RunFlags& flags = made_.flags;
    oci::Spec& spec = made_.spec;
    std::string directory = containers_.directory(made_.record);
    spec.linux_part->cgroups_path = "/aictr/" + made_.record.id;
    set_hostname(spec, flags.hostname, made_.record.id);
    TRY(set_user(*spec.process, flags.user.empty() ? made_.config.user : flags.user, flags.group_add, rootfs_.get()));
    apply_gpus(spec, gpus_);
    const oci::User& user = spec.process->user;
    TRY(complete_mounts(globals_.root, made_.record.mounts, rootfs_.get(), {user.uid, user.gid}));
    made_.record.network.hostname = spec.hostname;
    TRY(prepare_network(globals_, spec, made_.record, directory));
    HostCa when = TRY(parse_host_ca(flags.host_ca));
    auto bundle = TRY(host_ca_bundle(when, globals_.runroot));
    if (bundle) TRY(show_host_ca(spec, *bundle, directory));
    auto chosen = TRY(add_caches(spec, flags));
    for (const std::string& choice : chosen) report_choice(globals_, choice);
    if (flags.init) TRY(add_init(spec));
    if (flags.terminal) spec.process->console_size = size_of_our_terminal();
    trace_step("spec completed");
    return {};
  }

  Result<void> create() {
    using Kind = WornStreams::Kind;
    runtime::CreateRequest request;
    request.id = made_.record.id;
    request.bundle = containers_.directory(made_.record);
    request.spec = made_.spec;
    request.rootfs = std::move(rootfs_);
    request.mounts = std::move(gpus_.mounts);
    request.die_with_parent = true;
    bool terminal = made_.flags.terminal;
    WornStreams worn = TRY(WornStreams::put_on(terminal ? Kind::none : Kind::pipes, made_.flags.interactive, streams_));
    created_ = TRY(runtime::create(states_, std::move(request)));
    return {};
  }

  // The process exists and waits, so its network can be set up in the namespace that it has.
  Result<void> connect() { return cli::connect(globals_, made_.record, created_.pid); }

  Result<void> start() {
    TRY(containers_.set_stopped(made_.record, false));
    check_ = TRY(health_check_of(made_.flags, made_.config));
    TRY(check_ ? write_health(containers_, made_.record, Health{}) : forget_health(containers_, made_.record));
    TRY(runtime::start(states_, made_.record.id));
    trace_step("started");
    hooks::ContainerNetwork network = made_.record.network;
    return containers_.change(made_.record, [&](Container& record) {
      record.network = network;
      record.started = rfc3339(std::chrono::system_clock::now());
      record.finished.clear();
      record.exit_code.reset();
      record.killed_for_memory = false;
      record.restarting = false;
    });
  }

  Result<void> listen() {
    UniqueFd directory = TRY(sockets_directory(globals_));
    TRY(unless_gone(sys::unlink(directory.get(), made_.record.id)));
    listener_ = TRY(sys::listen_at(directory.get(), made_.record.id, SOCK_SEQPACKET));
    return {};
  }

  Error become_monitor(std::vector<UniqueFd> clients) {
    std::string program = TRY(libexec_program("aictr-monitor"));
    MonitorPlan plan = TRY(plan_monitor(std::move(clients)));
    std::vector<std::string> words = TRY(print_plan(plan));
    words.insert(words.begin(), program);
    TRY(let_go_of_caller());
    trace_step("monitor: exec");
    return sys::execute(program, words);
  }

 private:
  Result<MonitorPlan> plan_monitor(std::vector<UniqueFd> clients) {
    const RunFlags& flags = made_.flags;
    MonitorPlan plan;
    plan.id = made_.record.id;
    plan.pid = created_.pid;
    plan.pidfd = std::move(created_.pidfd);
    plan.claim = std::move(made_.claim);
    plan.listener = std::move(listener_);
    plan.directory = TRY(containers_.open_directory(made_.record));
    plan.input = std::move(streams_.input);
    plan.output = std::move(streams_.output);
    plan.errors = std::move(streams_.errors);
    plan.terminal = std::move(created_.terminal);
    plan.input_ends_with_client = !clients.empty();
    plan.clients = std::move(clients);
    plan.keeps_log = flags.log_driver != "none";
    plan.log = TRY(log_limits(flags));
    plan.stop_signal = TRY(stop_signal_of(flags, made_.config));
    plan.stop_timeout = stop_timeout_of(flags);
    std::string self = TRY(runtime::path_of_this_program());
    std::vector<std::string> ours = {self, "--root=" + globals_.root, "--runroot=" + globals_.runroot};
    plan.successor = ours;
    plan.successor.insert(plan.successor.end(), {"__ended", made_.record.id});
    if (!check_) return plan;
    plan.health_interval = seconds(check_->interval);
    plan.health_start_period = seconds(check_->start_period);
    plan.health_start_interval = seconds(check_->start_interval);
    plan.health = ours;
    plan.health.insert(plan.health.end(), {"__health", made_.record.id});
    return plan;
  }

  // Its directory may be unmounted, and its terminal closed, while the container runs on.
  static Result<void> let_go_of_caller() {
    UniqueFd null = TRY(sys::open("/dev/null", O_RDWR));
    for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) TRY(sys::replace(fd, null.get()));
    return sys::chdir("/");
  }

  const Globals& globals_;
  const Containers& containers_;
  const runtime::StateRoot& states_;
  MadeContainer& made_;
  UniqueFd rootfs_;
  GpuGrant gpus_;
  ContainerStreams streams_;
  runtime::Created created_;
  UniqueFd listener_;
  std::optional<oci::HealthCheck> check_;
};

Error become_monitor_of(const Globals& globals, const ContainerPlaces& places, MadeContainer& made,
                        std::vector<UniqueFd> clients) {
  Start start(globals, places, made);
  TRY(start.mount_root());
  TRY(start.complete_spec());
  TRY(start.create());
  TRY(start.connect());
  TRY(start.listen());
  TRY(start.start());
  for (const UniqueFd& client : clients) {
    std::string packet(1, static_cast<char>(Packet::started));
    ignore(sys::send_message(client.get(), packet));  // it may have gone away
  }
  if (made.flags.detach) clients.clear();
  return start.become_monitor(std::move(clients));
}

}  // namespace

Error bring_up(const Globals& globals, const ContainerPlaces& places, MadeContainer made,
               std::vector<UniqueFd> clients) {
  Error error = become_monitor_of(globals, places, made, std::move(clients));
  ignore(disconnect(globals, made.record));
  ignore(runtime::remove(places.states, made.record.id, runtime::Force::yes));
  ignore(remove_monitor_socket(globals, made.record));
  return error;
}

Result<UniqueFd> connect_to_monitor(const Globals& globals, const Container& container) {
  UniqueFd directory = TRY(sockets_directory(globals));
  auto socket = sys::connect_to(directory.get(), container.id, SOCK_SEQPACKET);
  if (socket.ok()) return socket;
  return make_error(Kind::busy, fmt::format("container '{}' is not running", container.name),
                    fmt::format("`aictr start {}` starts it", container.name));
}

Result<void> say_hello(int monitor, Wish wish) {
  return sys::send_message(monitor, std::string{static_cast<char>(Packet::hello), static_cast<char>(wish)});
}

Result<void> remove_monitor_socket(const Globals& globals, const Container& container) {
  UniqueFd directory = TRY(sockets_directory(globals));
  return unless_gone(sys::unlink(directory.get(), container.id));
}

}  // namespace aictr::cli
