#include "runtime/control.h"

#include <signal.h>

#include <fmt/core.h>

#include "base/signals.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "cli/bring_up.h"
#include "cli/control_command.h"
#include "cli/each_container.h"
#include "cli/event_log.h"
#include "cli/exit_code.h"
#include "cli/made_container.h"
#include "cli/report.h"
#include "cli/run_life.h"

namespace aictr::cli {
namespace {

Error not_running(const Container& container) {
  return make_error(Kind::busy, fmt::format("container '{}' is not running", container.name),
                    fmt::format("`aictr start {}` starts it", container.name));
}

Result<void> signal_container(const Globals& globals, const ContainerPlaces& places, Container& container, int signal) {
  Status status = TRY(places.containers.status(container, places.states));
  if (!is_alive(status)) return not_running(container);
  RunFlags flags = TRY(flags_of(container));
  // Who ends it does not want it back.
  int stop_signal = TRY(stop_signal_of(flags, {}));
  if (signal == SIGKILL || signal == stop_signal) TRY(places.containers.set_stopped(container, true));
  auto sent = runtime::kill(places.states, container.id, signal);
  if (!sent.ok() && status != Status::restarting) return sent;
  report_event(globals, container, "kill", {{"signal", std::to_string(signal)}});
  return {};
}

Result<void> pause_container(const Globals& globals, const ContainerPlaces& places, Container& container) {
  Status status = TRY(places.containers.status(container, places.states));
  if (status == Status::paused) return make_error(Kind::busy, fmt::format("container '{}' is paused", container.name));
  if (status != Status::running) return not_running(container);
  TRY(runtime::pause(places.states, container.id));
  report_event(globals, container, "pause");
  return {};
}

Result<void> unpause_container(const Globals& globals, const ContainerPlaces& places, Container& container) {
  Status status = TRY(places.containers.status(container, places.states));
  if (status != Status::paused)
    return make_error(Kind::busy, fmt::format("container '{}' is not paused", container.name));
  TRY(runtime::resume(places.states, container.id));
  report_event(globals, container, "unpause");
  return {};
}

// From its monitor, which tells it when the container has been put away; from its record when there is none.
Result<int> code_of_end(const Globals& globals, const ContainerPlaces& places, const std::string& name) {
  Container container = TRY(places.containers.find(name));
  auto monitor = connect_to_monitor(globals, container);
  if (monitor.ok()) {
    TRY(say_hello(monitor.value().get(), Wish::end));
    for (;;) {
      sys::Message message = sys::receive_message(monitor.value().get(), kPacketLimit).value_or({});
      if (message.bytes.empty()) break;
      if (message.bytes[0] == static_cast<char>(Packet::exit))
        return parse_number<int>(std::string_view(message.bytes).substr(1)).value_or(kOwnFailure);
    }
    container = TRY(places.containers.find(container.id));
  }
  if (container.exit_code) return *container.exit_code;
  Status status = TRY(places.containers.status(container, places.states));
  if (status == Status::created)
    return make_error(Kind::busy, fmt::format("container '{}' has not been started", container.name),
                      fmt::format("`aictr start {}` starts it", container.name));
  return make_error(Kind::not_found, fmt::format("how container '{}' ended is not known", container.name),
                    "its monitor was killed");
}

}  // namespace

Result<int> kill(const Globals& globals, const KillFlags& flags, const std::vector<std::string>& arguments) {
  int signal = TRY_AS("--signal", parse_signal(flags.signal));
  return each_container(globals, "kill", arguments, [&](const ContainerPlaces& places, Container& container) {
    return signal_container(globals, places, container, signal);
  });
}

Result<int> pause(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  return each_container(globals, "pause", arguments, [&](const ContainerPlaces& places, Container& container) {
    return pause_container(globals, places, container);
  });
}

Result<int> unpause(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  return each_container(globals, "unpause", arguments, [&](const ContainerPlaces& places, Container& container) {
    return unpause_container(globals, places, container);
  });
}

Result<int> wait(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  int result = 0;
  for (const std::string& name : arguments) {
    auto code = code_of_end(globals, places, name);
    if (code.ok()) {
      TRY(print(fmt::format("{}\n", code.value())));
    } else {
      report_error(std::move(code).error().context("wait"));
      result = kFailed;
    }
  }
  return result;
}

Result<int> rename(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(arguments[0]));
  TRY(places.containers.rename(container, arguments[1]));
  report_event(globals, container, "rename");
  return 0;
}

}  // namespace aictr::cli
