#include "cli/stoppable.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/core.h>

#include "base/stop_signals.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "cli/exit_code.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

constexpr int kPatienceMs = 1000;

// The signals stay blocked here, also one that came twice; whoever runs a step takes them.
[[noreturn]] void work_and_exit(std::string_view name, const std::function<Result<int>()>& work, pid_t parent) {
  auto bound = sys::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!bound.ok() || ::getppid() != parent) ::_exit(kOwnFailure);
  auto code = work();
  if (code.ok()) ::_exit(code.value());
  Error error = std::move(code).error().context(name);
  report_error(error);
  ::_exit(exit_code_of(error));
}

// The signal that came, once the worker has been told of it; nothing when the worker has ended.
Result<std::optional<int>> await(int worker, StopSignals& signals, int timeout_ms) {
  for (;;) {
    std::array<pollfd, 2> polled{{{worker, POLLIN, 0}, {signals.fd(), POLLIN, 0}}};
    int ready = ::poll(polled.data(), timeout_ms < 0 ? 2 : 1, timeout_ms);
    if (ready < 0 && errno != EINTR) return sys_error("wait for the work");
    if (ready < 0) continue;
    if (polled[0].revents != 0 || ready == 0) return std::optional<int>();
    int signal = TRY(signals.take());
    ignore(sys::pidfd_send_signal(worker, signal));  // it may have ended by now
    return std::optional(signal);
  }
}

}  // namespace

Result<int> stoppable(std::string_view name, const std::function<Result<int>()>& work,
                      const std::function<void()>& clear_away) {
  StopSignals signals = TRY(StopSignals::hold());
  pid_t parent = ::getpid();
  sys::Cloned worker = TRY(sys::clone3(0));
  if (worker.pid == 0) work_and_exit(name, work, parent);
  std::optional<int> signal = TRY(await(worker.pidfd.get(), signals, -1));
  if (signal) {
    TRY(await(worker.pidfd.get(), signals, kPatienceMs));
    ignore(sys::pidfd_send_signal(worker.pidfd.get(), SIGKILL));
  }
  sys::Ended ended = TRY(sys::wait(worker.pid));
  if (!ended.signaled) return signal && ended.status != 0 ? kEndedBySignal + *signal : ended.status;
  clear_away();
  if (!signal) return make_error(Kind::internal, fmt::format("killed by SIG{}", ::sigabbrev_np(ended.status)));
  report_error(make_error(Kind::busy, fmt::format("{}: stopped by SIG{}", name, ::sigabbrev_np(*signal))));
  return kEndedBySignal + *signal;
}

}  // namespace aictr::cli
