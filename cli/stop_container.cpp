#include "cli/stop_container.h"

#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "base/signals.h"
#include "cli/event_log.h"
#include "cli/made_container.h"
#include "cli/run_life.h"
#include "images/store.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPause = std::chrono::milliseconds(10);

// The image may be gone by force; then its signal is unknown, and SIGTERM does.
oci::ContainerConfig image_of(const Globals& globals, const Container& container) {
  auto store = images::Store::open(globals.root);
  if (!store.ok()) return {};
  auto image = store.value().find(container.image_id);
  return image.ok() ? std::move(image.value().config.config) : oci::ContainerConfig{};
}

Result<bool> put_away_by(const Containers& containers, const Container& container,
                         std::optional<Clock::time_point> end) {
  while (!TRY(containers.is_left(container))) {
    if (end && Clock::now() >= *end) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace

Result<void> stop_container(const Globals& globals, const ContainerPlaces& places, Container& container,
                            const StopWish& wish) {
  Status status = TRY(places.containers.status(container, places.states));
  if (!is_alive(status)) return {};
  RunFlags flags = TRY(flags_of(container));
  int signal =
      wish.signal.empty() ? TRY(stop_signal_of(flags, image_of(globals, container))) : TRY(parse_signal(wish.signal));
  int timeout = wish.timeout.value_or(stop_timeout_of(flags));
  TRY(places.containers.set_stopped(container, true));
  ignore(runtime::kill(places.states, container.id, signal));  // it may be between two runs
  if (status == Status::paused) ignore(runtime::resume(places.states, container.id));
  std::optional<Clock::time_point> end;
  if (timeout >= 0) end = Clock::now() + std::chrono::seconds(timeout);
  if (!TRY(put_away_by(places.containers, container, end))) TRY(places.containers.end(container, places.states));
  report_event(globals, container, "stop");
  return {};
}

}  // namespace aictr::cli
