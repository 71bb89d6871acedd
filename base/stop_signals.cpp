#include "base/stop_signals.h"

#include <sys/signalfd.h>

#include <utility>

#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr {

Result<StopSignals> StopSignals::hold() {
  sigset_t held;
  sigemptyset(&held);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
  sigset_t before;
  TRY(sys::block_signals(held, &before));
  StopSignals signals(before);
  signals.signals_ = TRY(sys::signalfd(held));
  return signals;
}

StopSignals::StopSignals(StopSignals&& other) noexcept
    : signals_(std::move(other.signals_)), before_(other.before_), active_(std::exchange(other.active_, false)) {}

StopSignals::~StopSignals() {
  if (active_) ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<int> StopSignals::take() {
  signalfd_siginfo info{};
  std::span<char> bytes(reinterpret_cast<char*>(&info), sizeof info);
  if (TRY(sys::read(signals_.get(), bytes)) != sizeof info) return make_error(Kind::internal, "no signal has come");
  return static_cast<int>(info.ssi_signo);
}

}  // namespace aictr
