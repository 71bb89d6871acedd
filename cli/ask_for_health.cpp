#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/units.h"
#include "cli/each_container.h"
#include "cli/event_log.h"
#include "cli/health.h"
#include "cli/health_command.h"
#include "cli/made_container.h"
#include "cli/protected_self.h"
#include "cli/run_life.h"
#include "images/store.h"
#include "runtime/exec.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::system_clock;

constexpr std::size_t kMostOutput = 4096;  // Docker's
constexpr int kTimedOut = -1;              // Docker's exit code of a probe that took too long

Result<std::optional<oci::HealthCheck>> check_of(const Globals& globals, const Container& container) {
  RunFlags flags = TRY(flags_of(container));
  images::Store store = TRY(images::Store::open(globals.root));
  images::Image image = TRY(store.find(container.image_id));
  return health_check_of(flags, image.config.config);
}

// "CMD" has a command line behind it, "CMD-SHELL" a line for the shell.
std::vector<std::string> command_of(const std::vector<std::string>& test) {
  if (test[0] == "CMD-SHELL") return {"/bin/sh", "-c", test.size() > 1 ? test[1] : ""};
  return {test.begin() + (test[0] == "CMD" ? 1 : 0), test.end()};
}

// Reads until the process ends or the time is over; it may have left others that hold the pipe.
Result<HealthProbe> attend(const runtime::Created& process, int from, std::chrono::nanoseconds timeout) {
  HealthProbe probe;
  auto end = std::chrono::steady_clock::now() + timeout;
  bool open = true;
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    std::array<pollfd, 2> polled{{{process.pidfd.get(), POLLIN, 0}, {open ? from : -1, POLLIN, 0}}};
    int ready = left <= 0 ? 0 : ::poll(polled.data(), polled.size(), static_cast<int>(left));
    if (ready == 0) {
      ignore(sys::pidfd_send_signal(process.pidfd.get(), SIGKILL));
      TRY(sys::wait(process.pid));
      probe.exit_code = kTimedOut;
      probe.output = fmt::format("Health check exceeded timeout ({} ms)",
                                 std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count());
      return probe;
    }
    if (ready > 0 && polled[1].revents != 0) {
      std::array<char, kMostOutput> buffer;
      std::size_t count = TRY(sys::read(from, buffer));
      open = count > 0;
      probe.output.append(buffer.data(), std::min(count, kMostOutput - probe.output.size()));
    } else if (ready > 0 && polled[0].revents != 0) {
      probe.exit_code = TRY(sys::wait(process.pid)).exit_code();
      return probe;
    }
  }
}

Result<HealthProbe> probe_once(const ContainerPlaces& places, const Container& container,
                               const oci::HealthCheck& check) {
  sys::Pipe pipe = TRY(sys::pipe());
  UniqueFd null = TRY(sys::open("/dev/null", O_RDONLY));
  TRY(sys::replace(STDIN_FILENO, null.get()));
  for (int fd : {STDOUT_FILENO, STDERR_FILENO}) TRY(sys::replace(fd, pipe.write_end.get()));
  runtime::ExecRequest request;
  request.id = container.id;
  request.process = TRY(runtime::process_of(places.states, container.id));
  request.process.args = command_of(check.test);
  request.process.terminal = false;
  request.die_with_parent = true;
  std::string start = rfc3339(Clock::now());
  auto process = runtime::exec(places.states, std::move(request));
  for (int fd : {STDOUT_FILENO, STDERR_FILENO}) TRY(sys::replace(fd, null.get()));
  pipe.write_end.reset();
  HealthProbe probe;
  if (process.ok()) {
    probe = TRY(attend(process.value(), pipe.read_end.get(), std::chrono::nanoseconds(check.timeout)));
  } else {
    probe.exit_code = kTimedOut;
    probe.output = process.error().message;
  }
  probe.start = start;
  probe.end = rfc3339(Clock::now());
  return probe;
}

bool is_starting(const Container& container, const oci::HealthCheck& check) {
  auto started = parse_rfc3339(container.started);
  return started.ok() && Clock::now() - started.value() < std::chrono::nanoseconds(check.start_period);
}

}  // namespace

Result<int> ask_for_health(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  TRY(protect_this_program());
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(arguments[0]));
  if (TRY(places.containers.status(container, places.states)) != Status::running) return 1;
  auto check = TRY(check_of(globals, container));
  if (!check) return 0;
  HealthProbe probe = TRY(probe_once(places, container, *check));
  Health health = TRY(read_health(places.containers, container)).value_or(Health{});
  std::string before = health.status;
  add_probe(health, std::move(probe), check->retries, is_starting(container, *check));
  TRY(write_health(places.containers, container, health));
  if (health.status != before) report_event(globals, container, "health_status: " + health.status);
  return health.status == "healthy" ? 0 : 1;
}

}  // namespace aictr::cli
