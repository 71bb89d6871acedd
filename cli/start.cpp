#include <fmt/core.h>

#include "cli/attach.h"
#include "cli/attach_session.h"
#include "cli/bring_up.h"
#include "cli/each_container.h"
#include "cli/event_log.h"
#include "cli/exit_code.h"
#include "cli/launch.h"
#include "cli/made_container.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "cli/start_command.h"
#include "cli/stop_command.h"
#include "cli/stop_container.h"

namespace aictr::cli {
namespace {

enum class Stay { no, yes };

// The exit code that fits, and its reason printed, when it could not be started.
Result<Launched> start_container(const Globals& globals, const ContainerPlaces& places, Container& container,
                                 std::string_view command, Stay stay) {
  MadeContainer made = TRY(take_container(globals, places, container));
  TRY(places.containers.change(container, [](Container& record) { record.restarts = 0; }));
  made.record = container;
  made.flags.detach = stay == Stay::no;
  Launched launched = TRY(launch(command, globals, places, std::move(made), WhenFailed::keep));
  if (!launched.failed) report_event(globals, container, "start");
  return launched;
}

Result<int> stay_attached(const ContainerPlaces& places, const Container& container, UniqueFd monitor,
                          SessionWishes wishes, const Attachment& attachment) {
  RunFlags flags = TRY(flags_of(container));
  wishes.terminal = flags.terminal;
  wishes.input = wishes.input && flags.interactive;
  wishes.send_signal = [&](int signal) { ignore(runtime::kill(places.states, container.id, signal)); };
  SessionEnd end = TRY(attend_session(std::move(monitor), std::move(wishes), attachment));
  return end.exit_code.value_or(0);
}

Result<SessionWishes> wishes_of(const std::optional<std::string>& detach_keys, bool sig_proxy, bool input) {
  SessionWishes wishes;
  wishes.detach_keys = TRY(DetachKeys::parse(detach_keys ? *detach_keys : usual_detach_keys()));
  wishes.proxy_signals = sig_proxy;
  wishes.input = input;
  return wishes;
}

Result<int> start_and_stay(const Globals& globals, const StartFlags& flags, const std::string& name) {
  SessionWishes wishes = TRY(wishes_of(flags.detach_keys, flags.sig_proxy, flags.interactive));
  Attachment attachment = TRY(Attachment::begin());
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(name));
  Launched launched = TRY(start_container(globals, places, container, "start", Stay::yes));
  if (launched.failed) return *launched.failed;
  return stay_attached(places, container, std::move(launched.monitor), std::move(wishes), attachment);
}

// To one that runs already nothing is done, as Docker does it.
Result<void> start_quietly(const Globals& globals, const ContainerPlaces& places, Container& container,
                           std::string_view command) {
  if (is_alive(TRY(places.containers.status(container, places.states)))) return {};
  Launched launched = TRY(start_container(globals, places, container, command, Stay::no));
  if (!launched.failed) return {};
  return make_error(Kind::busy, fmt::format("container '{}' was not started", container.name));
}

}  // namespace

Result<int> start(const Globals& globals, const StartFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  if (flags.attach || flags.interactive) {
    if (arguments.size() == 1) return start_and_stay(globals, flags, arguments[0]);
    return make_error(Kind::usage, "you cannot start and attach multiple containers at once");
  }
  return each_container(globals, "start", arguments, [&](const ContainerPlaces& places, Container& container) {
    return start_quietly(globals, places, container, "start");
  });
}

Result<int> restart(const Globals& globals, const StopFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  return each_container(globals, "restart", arguments,
                        [&](const ContainerPlaces& places, Container& container) -> Result<void> {
                          TRY(stop_container(globals, places, container, {flags.signal, flags.time}));
                          container = TRY(places.containers.find(container.id));
                          TRY(start_quietly(globals, places, container, "restart"));
                          report_event(globals, container, "restart");
                          return {};
                        });
}

Result<int> attach(const Globals& globals, const AttachFlags& flags, const std::vector<std::string>& arguments) {
  SessionWishes wishes = TRY(wishes_of(flags.detach_keys, flags.sig_proxy, !flags.no_stdin));
  Attachment attachment = TRY(Attachment::begin());
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(arguments[0]));
  Status status = TRY(places.containers.status(container, places.states));
  if (status == Status::paused) {
    return make_error(Kind::busy, fmt::format("container '{}' is paused", container.name),
                      fmt::format("`aictr unpause {}` lets it go on", container.name));
  }
  UniqueFd monitor = TRY(connect_to_monitor(globals, container));
  TRY(say_hello(monitor.get(), Wish::output));
  return stay_attached(places, container, std::move(monitor), std::move(wishes), attachment);
}

}  // namespace aictr::cli
