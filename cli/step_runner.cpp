#include "cli/step_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>

#include "base/file.h"
#include "base/random.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_process.h"
#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/container_spec.h"
#include "cli/host_ca.h"
#include "cli/network_files.h"
#include "cli/run_network.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

constexpr int kSilenceMs = 100;
constexpr const char* kHostname = "buildkitsandbox";  // the name that Docker's builder gives, and some scripts look for

Result<UniqueFd> one_file(const images::StepMount::File& file, int directory, const std::string& name) {
  UniqueFd made = TRY(sys::open(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
  TRY(sys::write_all(made.get(), file.content));
  TRY(sys::chown(made.get(), "", file.uid, file.gid, AT_EMPTY_PATH));
  TRY(sys::chmod(made.get(), file.mode));
  return sys::clone_mount(made.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

// Files that are made for the step are in `directory`, which is to go as soon as the container has them.
Result<std::vector<runtime::GivenMount>> given_mounts(std::vector<images::StepMount> mounts,
                                                      const std::string& directory) {
  TRY(make_directories(AT_FDCWD, directory, 0700));
  UniqueFd place = TRY(open_directory(AT_FDCWD, directory));
  std::vector<runtime::GivenMount> given;
  for (images::StepMount& mount : mounts) {
    std::string name = std::to_string(given.size());
    if (mount.file) mount.tree = TRY_AS(mount.target, one_file(*mount.file, place.get(), name));
    given.push_back({std::move(mount.target), std::move(mount.tree)});
  }
  return given;
}

std::string directory_of(const Globals& globals, const std::string& id) {
  return globals.runroot + "/steps/" + id;
}

Result<Claims> claims_of(const Globals& globals) {
  return Claims::open(globals.runroot + "/step-claims");
}

Result<void> clear(const Globals& globals, const Claims& claims, const std::string& id) {
  runtime::StateRoot states = TRY(runtime::StateRoot::open(states_path(globals)));
  TRY(unless_gone(runtime::remove(states, id, runtime::Force::yes)));
  TRY(remove_tree(AT_FDCWD, directory_of(globals, id)));
  return claims.drop(id);
}

}  // namespace

Result<void> clear_abandoned_steps(const Globals& globals) {
  Claims claims = TRY(claims_of(globals));
  for (const AbandonedClaim& claim : TRY(claims.abandoned([](const std::string&) { return true; })))
    TRY(clear(globals, claims, claim.name));
  return {};
}

Result<ContainerStepRunner> ContainerStepRunner::make(const Globals& globals, RunFlags flags) {
  TRY(run_network(flags, {}, "host"));
  HostFacts host = TRY(HostFacts::read());
  std::vector<std::string> chosen;
  TRY(run_spec(flags, {}, {"true"}, host, chosen));  // a flag that makes no sense is told before any step
  return ContainerStepRunner(globals, std::move(flags), std::move(host));
}

Result<oci::Spec> ContainerStepRunner::spec_of(const images::Step& step, const std::string& id,
                                               const std::string& directory) const {
  std::vector<std::string> chosen;  // a build tells its steps, not how each is run
  oci::Spec spec = TRY(run_spec(flags_, {}, step.arguments, host_, chosen));
  spec.root->path.clear();  // the step brings its own
  spec.linux_part->cgroups_path = "/aictr/" + id;
  spec.hostname = kHostname;
  spec.process->env = step.environment;
  spec.process->cwd = step.working_directory.empty() ? "/" : step.working_directory;
  TRY(set_user(*spec.process, step.user, {}, step.rootfs.get()));
  hooks::ContainerNetwork network = TRY(run_network(flags_, {}, "host"));
  if (!step.network) network.mode = hooks::NetworkMode::none;
  network.hostname = kHostname;
  set_network_namespace(spec, network);
  TRY(write_network_files(network, {}, directory));
  mount_network_files(spec, directory);
  HostCa when = TRY(parse_host_ca(flags_.host_ca));
  auto bundle = TRY(host_ca_bundle(when, globals_.runroot));
  if (bundle) TRY(show_host_ca(spec, *bundle, directory));
  return spec;
}

// Until every process that has the other end has ended or closed it.
Result<void> ContainerStepRunner::relay(int from, StopSignals& signals, const images::OutputSink& output) {
  std::array<char, 16384> buffer;
  for (;;) {
    std::array<pollfd, 2> polled{{{from, POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
    int ready = ::poll(polled.data(), polled.size(), kSilenceMs);
    if (ready < 0 && errno != EINTR) return sys_error("wait for the step");
    if (ready <= 0) {
      output({});
      continue;
    }
    if (polled[1].revents != 0) {
      return make_error(Kind::busy, fmt::format("stopped by SIG{}", ::sigabbrev_np(TRY(signals.take()))));
    }
    std::size_t n = TRY(sys::read(from, buffer));
    if (n == 0) return {};
    output({buffer.data(), n});
  }
}

Result<images::StepEnd> ContainerStepRunner::run(images::Step step, const images::OutputSink& output) {
  if (!claims_) {
    TRY(clear_abandoned_steps(globals_));
    claims_ = TRY(claims_of(globals_));
  }
  std::string id = "step-" + TRY(random_hex(16));
  FileLock claim = TRY(claims_->make(id));
  StopSignals signals = TRY(StopSignals::hold());
  Defer clear_away([&] { ignore(clear(globals_, *claims_, id)); });
  std::string directory = directory_of(globals_, id);
  TRY(make_directories(AT_FDCWD, directory, 0700));
  runtime::StateRoot states = TRY(runtime::StateRoot::open(states_path(globals_)));

  sys::Pipe pipe = TRY(sys::pipe());
  UniqueFd null = TRY(sys::open("/dev/null", O_RDONLY));
  runtime::CreateRequest request;
  request.id = id;
  request.bundle = directory;
  request.spec = TRY(spec_of(step, id, directory));
  request.rootfs = std::move(step.rootfs);
  request.mounts = TRY(given_mounts(std::move(step.mounts), directory + "/files"));
  request.extra_fds = {{0, null.get()}, {1, pipe.write_end.get()}, {2, pipe.write_end.get()}};
  request.die_with_parent = true;
  runtime::Created created = TRY(runtime::create(states, std::move(request)));
  TRY(remove_tree(AT_FDCWD, directory + "/files"));
  pipe.write_end.reset();
  TRY(runtime::start(states, id));
  TRY(relay(pipe.read_end.get(), signals, output));
  sys::Ended ended = TRY(sys::wait(created.pid));
  bool for_memory = runtime::memory_report(states, id).value_or({}).oom_kills > 0;
  return images::StepEnd{ended.exit_code(), for_memory};
}

}  // namespace aictr::cli
