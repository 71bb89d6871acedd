#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "base/descriptor_flags.h"
#include "base/text.h"
#include "base/units.h"
#include "base/unix_socket.h"
#include "cli/attach_protocol.h"
#include "cli/bring_up.h"
#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/ended_command.h"
#include "cli/event_log.h"
#include "cli/report.h"
#include "cli/run_life.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::system_clock;

constexpr auto kPause = std::chrono::milliseconds(50);
constexpr int kClientPatienceMs = 10'000;  // for one that has not taken what the container wrote

// One line that says what happened and what to do, for the failure that people otherwise see as a bare "Killed".
std::string memory_line(const runtime::MemoryReport& memory) {
  if (memory.oom_kills == 0) return "";
  if (memory.limit < 0) return "this machine ran out of memory, and the kernel killed the container's process";
  auto limit = binary_size(static_cast<std::uint64_t>(memory.limit));
  auto peak = binary_size(static_cast<std::uint64_t>(std::max<std::int64_t>(memory.peak, 0)));
  return fmt::format("container used all of its {} (memory.max); peak {}; raise --memory", limit, peak);
}

class Clients {
 public:
  explicit Clients(const std::vector<std::string>& numbers) {
    for (const std::string& number : numbers) {
      int fd = parse_number<int>(number).value_or(-1);
      if (fd >= 0) sockets_.emplace_back(fd);
    }
    for (const UniqueFd& socket : sockets_) ignore(sys::close_at_exec(socket.get()));  // a bad number is nobody
  }

  void tell(Packet kind, std::string_view bytes) {
    for (const UniqueFd& socket : sockets_) {
      pollfd writable{socket.get(), POLLOUT, 0};
      ::poll(&writable, 1, kClientPatienceMs);
      // It may have gone away.
      ignore(sys::send_message(socket.get(), static_cast<char>(kind) + std::string(bytes)));
    }
  }

  std::vector<UniqueFd> release() { return std::move(sockets_); }

 private:
  std::vector<UniqueFd> sockets_;
};

Result<void> write_down(const Containers& containers, Container& container, int code, bool memory, bool restarting) {
  return containers.change(container, [&](Container& record) {
    record.finished = rfc3339(Clock::now());
    record.exit_code = code;
    record.killed_for_memory = memory;
    record.restarting = restarting;
    record.restarts += restarting ? 1 : 0;
  });
}

std::chrono::seconds run_time(const Container& container) {
  auto started = parse_rfc3339(container.started);
  if (!started.ok()) return std::chrono::seconds(0);
  return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started.value());
}

// False: a person has ended or removed it meanwhile.
bool sleep_before_restart(const Containers& containers, const Container& container, std::chrono::milliseconds pause) {
  auto end = std::chrono::steady_clock::now() + pause;
  while (std::chrono::steady_clock::now() < end) {
    if (containers.is_stopped(container)) return false;
    std::this_thread::sleep_for(kPause);
  }
  return !containers.is_stopped(container);
}

// Comes back when it is not to run again, or cannot.
Result<void> start_again(const Globals& globals, const ContainerPlaces& places, Container& container, UniqueFd claim,
                         std::chrono::milliseconds pause, Clients& clients) {
  const Containers& containers = places.containers;
  if (!sleep_before_restart(containers, container, pause))
    return containers.change(container, [](Container& record) { record.restarting = false; });
  MadeContainer made = TRY(make_again(globals, container, std::move(claim)));
  made.flags.detach = false;  // whoever is attached stays so
  Error error = bring_up(globals, places, std::move(made), clients.release());
  ignore(containers.change(container, [](Container& record) { record.restarting = false; }));
  return error;
}

}  // namespace

Result<int> ended(const Globals& globals, const EndedFlags& flags, const std::vector<std::string>& arguments) {
  UniqueFd claim(flags.claim);
  Clients clients(flags.client);
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  const Containers& containers = places.containers;
  Container container = TRY(containers.find(arguments[0]));
  RunFlags asked = TRY(flags_of(container));
  RestartPolicy policy = TRY(parse_restart(asked.restart));

  // The record must tell the end even when the report of memory cannot be had.
  runtime::MemoryReport memory = runtime::memory_report(places.states, container.id).value_or({});
  std::string line = memory_line(memory);
  if (!line.empty()) clients.tell(Packet::message, line);
  if (memory.oom_kills > 0) report_event(globals, container, "oom");
  bool again = starts_again(policy, flags.code, container.restarts, containers.is_stopped(container));
  auto pause = restart_pause(container.restarts, run_time(container));
  // A container that has filled the disk still has an exit code to tell. One that goes now needs no record of its end.
  Result<void> written;
  if (!container.remove_at_end) written = write_down(containers, container, flags.code, memory.oom_kills > 0, again);
  if (!written.ok())
    clients.tell(Packet::message, fmt::format("the container's end is not recorded: {}", written.error().message));
  report_event(globals, container, "die", {{"exitCode", std::to_string(flags.code)}});
  ignore(remove_monitor_socket(globals, container));
  auto disconnected = disconnect(globals, container);
  if (!disconnected.ok()) clients.tell(Packet::message, disconnected.error().message);
  ignore(runtime::remove(places.states, container.id, runtime::Force::yes));
  if (again) {
    auto failed = start_again(globals, places, container, std::move(claim), pause, clients);
    if (!failed.ok()) clients.tell(Packet::message, failed.error().message);
  }
  if (container.remove_at_end) {
    ignore(containers.remove(container, places.states, runtime::Force::yes));
    report_event(globals, container, "destroy");
  }
  claim.reset();  // who hears of the end may remove or start it at once
  clients.tell(Packet::exit, std::to_string(flags.code));
  return 0;
}

}  // namespace aictr::cli
