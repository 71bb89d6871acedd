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

// How soon it is seen that a process was killed for memory; the two versions of cgroups tell it in ways of their own,
// but both count.
constexpr std::chrono::milliseconds kLook{250};

// The life of a container from now on, looked at again and again.
class Watcher {
 public:
  Watcher(const runtime::StateRoot& root, const std::string& id) : root_(root), id_(id) {}

  Result<void> watch(std::chrono::nanoseconds interval) {
    TRY(check_runs());
    auto next = Clock::now() + interval;
    while (TRY(still_runs())) {
      TRY(look_for_kills());
      if (Clock::now() >= next) {
        TRY(print_stats());
        next += interval;
      }
      auto pause = std::clamp<std::chrono::nanoseconds>(next - Clock::now(), std::chrono::milliseconds(1), kLook);
      ::poll(nullptr, 0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(pause).count()));
    }
    return look_for_kills();
  }

  Result<void> print_stats() const {
    oci::ContainerStats now = TRY(runtime::stats(root_, id_));
    return print(oci::print_stats_event(id_, now));
  }

 private:
  Result<void> check_runs() {
    if (!TRY(still_runs())) return make_error(Kind::busy, fmt::format("container with id {} is not running", id_));
    kills_ = TRY(runtime::memory_report(root_, id_)).oom_kills;
    return {};
  }

  // Removed meanwhile is ended too.
  Result<bool> still_runs() const {
    auto state = runtime::state(root_, id_);
    if (state.ok()) return state.value().status != "stopped";
    if (seen_ && state.error().kind == Kind::not_found) return false;
    return std::move(state).error();
  }

  Result<void> look_for_kills() {
    seen_ = true;
    auto report = runtime::memory_report(root_, id_);
    if (!report.ok() || report.value().oom_kills <= kills_) return {};
    kills_ = report.value().oom_kills;
    return print(oci::print_oom_event(id_));
  }

  const runtime::StateRoot& root_;
  const std::string& id_;
  std::int64_t kills_ = 0;
  bool seen_ = false;
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
