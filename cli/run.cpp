#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/sys.h"
#include "base/trace.h"
#include "cli/attach.h"
#include "cli/attach_session.h"
#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/event_log.h"
#include "cli/exit_code.h"
#include "cli/launch.h"
#include "cli/made_container.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "cli/run_command.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

// Without -i the command reads nothing, and a terminal of its own does not make one of ours.
void warn_of_missing_terminal(const RunFlags& flags) {
  bool attached = flags.terminal && !flags.detach;
  if (attached && ::isatty(STDIN_FILENO) == 0) report_warning("-t: standard input is not a terminal");
}

}  // namespace

// From an image to a running container: the container is made (made_container.h), started in the process that becomes
// its monitor (bring_up.h), and attached to, or left to itself.
Result<int> run(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  DetachKeys keys = TRY(DetachKeys::parse(flags.detach_keys ? *flags.detach_keys : usual_detach_keys()));
  Attachment attachment = TRY(Attachment::begin());
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  auto made = TRY(make_container(globals, places, flags, arguments, false));
  if (!made) return kOwnFailure;
  warn_of_missing_terminal(flags);
  Container record = made->record;
  report_event(globals, record, "create");

  Launched launched = TRY(launch("run", globals, places, std::move(*made), WhenFailed::remove));
  if (launched.failed) return *launched.failed;
  report_event(globals, record, "start");
  trace_step("run: started");
  if (flags.detach) TRY(print(record.id + "\n"));
  // What others have left: here it costs no start any time; `ps` and `rm` tell when it fails.
  ignore(places.containers.sweep(places.states));
  ignore(disconnect_abandoned(globals));
  if (flags.detach) return 0;

  SessionWishes wishes;
  wishes.input = flags.interactive;
  wishes.terminal = flags.terminal;
  wishes.proxy_signals = flags.sig_proxy;
  wishes.detach_keys = std::move(keys);
  wishes.send_signal = [&](int signal) { ignore(runtime::kill(places.states, record.id, signal)); };
  SessionEnd end = TRY(attend_session(std::move(launched.monitor), std::move(wishes), attachment));
  trace_step("run: ended");
  return end.exit_code.value_or(0);
}

Result<int> create(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  auto made = TRY(make_container(globals, places, flags, arguments, true));
  if (!made) return kOwnFailure;
  report_event(globals, made->record, "create");
  TRY(print(made->record.id + "\n"));
  return 0;
}

}  // namespace aictr::cli
