#include "cli/attach.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/sys_terminal.h"
#include "cli/terminal_relay.h"

namespace aictr::cli {
namespace {

// A container that has closed its terminal is looked at again this often.
constexpr int kHungUpMs = 100;

// Everything that somebody may send us on purpose. A fault of our own is not for the container; a broken pipe and
// urgent data are about our descriptors; SIGCHLD about our children.
sigset_t forwarded_signals() {
  sigset_t set;
  sigfillset(&set);
  for (int signal : {SIGCHLD, SIGPIPE, SIGURG, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT})
    sigdelset(&set, signal);
  return set;
}

class Watch {
 public:
  Watch(int signals, const Attended& process, std::optional<TerminalRelay>& relay)
      : signals_(signals), process_(process), relay_(relay) {}

  Result<void> until_end() {
    for (;;) {
      TRY(wait());
      if (polled_[kSignals].revents != 0) TRY(forward());
      if (relay_) TRY(relay_->carry({polled_[2], polled_[3], polled_[4]}));
      if (polled_[kProcess].revents != 0) return {};
    }
  }

 private:
  enum Slot { kProcess, kSignals, kRelay };

  Result<void> wait() {
    polled_[kProcess] = {process_.pidfd, POLLIN, 0};
    polled_[kSignals] = {signals_, POLLIN, 0};
    nfds_t count = kRelay;
    if (relay_) {
      for (const pollfd& wanted : relay_->wants()) polled_[count++] = wanted;
    }
    bool hung_up = relay_ && relay_->hung_up();
    int ready = ::poll(polled_.data(), count, hung_up ? kHungUpMs : -1);
    if (ready < 0 && errno != EINTR) return sys_error("wait for the container");
    if (ready < 0) polled_ = {};
    if (hung_up) relay_->wake();
    return {};
  }

  Result<void> forward() {
    signalfd_siginfo info{};
    std::span<char> bytes(reinterpret_cast<char*>(&info), sizeof info);
    if (TRY(sys::read(signals_, bytes)) != sizeof info) return {};
    int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGWINCH && relay_) {
      relay_->resize();
      return {};
    }
    // It may have ended by now.
    ignore(sys::pidfd_send_signal(process_.pidfd, signal));
    return {};
  }

  int signals_;
  const Attended& process_;
  std::optional<TerminalRelay>& relay_;
  std::array<pollfd, 5> polled_{};
};

}  // namespace

std::optional<oci::ConsoleSize> size_of_our_terminal() {
  auto size = size_of_terminal_in_use();
  if (!size || size->ws_row == 0) return std::nullopt;
  return oci::ConsoleSize{size->ws_row, size->ws_col};
}

Result<Attachment> Attachment::begin() {
  sigset_t forwarded = forwarded_signals();
  sigset_t before;
  TRY(sys::block_signals(forwarded, &before));
  Attachment attachment(before);
  attachment.signals_ = TRY(sys::signalfd(forwarded));
  return attachment;
}

Attachment::Attachment(Attachment&& other) noexcept
    : signals_(std::move(other.signals_)), before_(other.before_), active_(std::exchange(other.active_, false)) {}

Attachment::~Attachment() {
  if (active_) ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

Result<sys::Ended> Attachment::attend(Attended process) {
  std::optional<TerminalRelay> relay;
  if (process.terminal) relay.emplace(TRY(TerminalRelay::open(std::move(process.terminal), process.newlines)));
  TRY(Watch(signals_.get(), process, relay).until_end());
  if (relay) TRY(relay->drain());
  return sys::wait(process.pid);
}

}  // namespace aictr::cli
