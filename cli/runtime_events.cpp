#include <poll.h>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/sys_process.h"
#include "base/units.h"
#include "cli/report.h"
#include "cli/runtime_body.h"
#include "oci/container_stats.h"
#include "runtime/control.h"
#include "runtime/memory_watch.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct EventsFlags {
  std::string interval = "5s";
  bool stats = false;
};
constexpr Flag kEventsFlags[] = {
    flag<&EventsFlags::interval>("interval", 0, "DURATION", "the time between two lines of statistics (5s)"),
    flag<&EventsFlags::stats>("stats", 0, "", "print the statistics once"),
};

constexpr CommandFor<EventsFlags> kEvents = Command{
    .name = "events",
    .summary = "print what a container uses, and when it runs out of memory, as lines of JSON",
    .arguments = "ID",
    .details = "It ends with the container.",
    .examples = "aictr-runtime events --stats ID",
    .flags = kEventsFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .program = "aictr-runtime",
};

// The life of a container from now on.
class Watcher {
 public:
  Watcher(const runtime::StateRoot& root, const std::string& id) : root_(root), id_(id) {}

  Result<void> watch(std::chrono::nanoseconds interval) {
    UniqueFd process = TRY(find_process());
    runtime::MemoryWatch memory = TRY(runtime::MemoryWatch::open(root_, id_));
    kills_ = TRY(runtime::memory_report(root_, id_)).oom_kills;
    for (auto next = Clock::now() + interval;;) {
      pollfd polled[] = {{process.get(), POLLIN, 0}, {memory.fd(), POLLIN, 0}};
      auto pause = std::max<std::chrono::nanoseconds>(next - Clock::now(), std::chrono::nanoseconds(0));
      ::poll(polled, std::size(polled), static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(pause).count()));
      if (polled[1].revents != 0) memory.acknowledge();
      TRY(look_for_kills());
      if (polled[0].revents != 0) return {};
      if (Clock::now() < next) continue;
      TRY(print_stats());
      next += interval;
    }
  }

  Result<void> print_stats() const {
    oci::ContainerStats now = TRY(runtime::stats(root_, id_));
    return print(oci::print_stats_event(id_, now));
  }

 private:
  Result<UniqueFd> find_process() const {
    oci::State state = TRY(runtime::state(root_, id_));
    auto process = sys::pidfd_open(state.pid);
    state = TRY(runtime::state(root_, id_));  // the number was its all the while
    if (state.status != "stopped") return process;
    return make_error(Kind::busy, fmt::format("container with id {} is not running", id_));
  }

  Result<void> look_for_kills() {
    auto report = runtime::memory_report(root_, id_);
    if (!report.ok() || report.value().oom_kills <= kills_) return {};
    kills_ = report.value().oom_kills;
    return print(oci::print_oom_event(id_));
  }

  const runtime::StateRoot& root_;
  const std::string& id_;
  std::int64_t kills_ = 0;
};

Result<int> events(const RuntimeContext& context, EventsFlags& flags, const std::vector<std::string>& arguments) {
  Watcher watcher(context.root, arguments[0]);
  if (flags.stats) {
    TRY(watcher.print_stats());
    return 0;
  }
  std::chrono::nanoseconds interval = TRY_AS("--interval", parse_duration(flags.interval));
  if (interval.count() <= 0) return make_error(Kind::usage, "duration interval must be greater than 0");
  TRY(watcher.watch(interval));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> events_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<EventsFlags, events>(kEvents)};
  return kBodies;
}

}  // namespace aictr::cli
