#include "cli/attach_session.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/descriptor_flags.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "cli/attach_protocol.h"
#include "cli/raw_terminal.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

constexpr int kKeyPauseMs = 500;  // after which the begin of the detach keys was meant for the container

class Session {
 public:
  Session(UniqueFd monitor, SessionWishes wishes, const Attachment& attachment)
      : monitor_(std::move(monitor)), wishes_(std::move(wishes)), attachment_(attachment), input_(wishes_.input) {}

  // For our own terminal as it was, which is not now.
  const std::vector<std::string>& messages() const { return messages_; }

  Result<SessionEnd> run() {
    // Both sides may have much to say: neither waits for the other to listen.
    TRY(sys::set_non_blocking(monitor_.get()));
    if (wishes_.terminal) resize();
    while (!end_) TRY(step());
    return *end_;
  }

 private:
  Result<void> step() {
    pollfd polled[] = {{monitor_.get(), POLLIN, 0},
                       {attachment_.signals(), POLLIN, 0},
                       {input_ && packets_.empty() ? STDIN_FILENO : -1, POLLIN, 0}};
    if (!packets_.empty()) polled[0].events |= POLLOUT;
    int ready = ::poll(polled, 3, wishes_.detach_keys.are_begun() ? kKeyPauseMs : -1);
    if (ready < 0 && errno != EINTR) return sys_error("wait for the container");
    if (ready == 0) send(Packet::input, wishes_.detach_keys.give_back());
    if (ready <= 0) return {};
    if (polled[1].revents != 0) TRY(take_signal());
    if (polled[2].revents != 0) TRY(read_input());
    if ((polled[0].revents & POLLOUT) != 0) send_packets();
    if ((polled[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) TRY(take_packet());
    return {};
  }

  Result<void> take_packet() {
    auto received = sys::receive_message(monitor_.get(), kPacketLimit);
    if (!received.ok() && received.error().code == EAGAIN) return {};
    sys::Message message = std::move(received).value_or({});
    if (message.bytes.empty()) {
      return make_error(Kind::network, "the container's monitor was killed, and the container with it",
                        "`aictr ps -a` lists it as dead");
    }
    std::string_view bytes = std::string_view(message.bytes).substr(1);
    switch (static_cast<Packet>(message.bytes[0])) {
      case Packet::output:
        show(STDOUT_FILENO, bytes, output_open_, "o");
        break;
      case Packet::errors:
        show(STDERR_FILENO, bytes, errors_open_, "e");
        break;
      case Packet::message:
        messages_.emplace_back(bytes);
        break;
      case Packet::exit:
        end_ = SessionEnd{parse_number<int>(bytes).value_or(255)};
        break;
      default:
        break;
    }
    return {};
  }

  // What nobody reads any more is not carried; the container hears of it as it would of a closed pipe.
  void show(int fd, std::string_view bytes, bool& open, std::string_view stream) {
    if (!open || sys::write_all(fd, bytes).ok()) return;
    open = false;
    send(Packet::not_reading, stream);
  }

  Result<void> read_input() {
    char buffer[4096];
    ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (count <= 0) {
      input_ = false;  // the end, or a terminal that is gone
      send(Packet::input_end, "");
      return {};
    }
    std::string_view typed(buffer, static_cast<std::size_t>(count));
    send(Packet::input, wishes_.terminal ? wishes_.detach_keys.pass(typed) : std::string(typed));
    if (wishes_.detach_keys.are_complete()) end_ = SessionEnd{};
    return {};
  }

  void send(Packet kind, std::string_view bytes) {
    if (kind == Packet::input && bytes.empty()) return;
    packets_.push_back(static_cast<char>(kind) + std::string(bytes));
    send_packets();
  }

  void send_packets() {
    while (!packets_.empty()) {
      auto sent = sys::send_message(monitor_.get(), packets_.front());
      if (!sent.ok() && sent.error().code == EAGAIN) return;
      packets_.pop_front();  // also when the monitor is gone: its last packets tell
    }
  }

  void resize() {
    auto size = size_of_terminal_in_use();
    if (size) send(Packet::resize, fmt::format("{} {}", size->ws_row, size->ws_col));
  }

  Result<void> take_signal() {
    signalfd_siginfo info{};
    std::span<char> bytes(reinterpret_cast<char*>(&info), sizeof info);
    if (TRY(sys::read(attachment_.signals(), bytes)) != sizeof info) return {};
    int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGWINCH) {
      if (wishes_.terminal) resize();
    } else if (wishes_.proxy_signals) {
      wishes_.send_signal(signal);
    } else if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT) {
      end_ = SessionEnd{};  // we go, the container stays
    }
    return {};
  }

  UniqueFd monitor_;
  SessionWishes wishes_;
  const Attachment& attachment_;
  bool input_;
  bool output_open_ = true;
  bool errors_open_ = true;
  std::vector<std::string> messages_;
  std::deque<std::string> packets_;  // that the monitor does not take yet
  std::optional<SessionEnd> end_;
};

}  // namespace

Result<SessionEnd> attend_session(UniqueFd monitor, SessionWishes wishes, const Attachment& attachment) {
  ::signal(SIGPIPE, SIG_IGN);  // that nobody reads what we write is an answer of write(2), which the container is told
  std::optional<RawTerminal> raw;
  if (wishes.terminal && wishes.input) raw.emplace(TRY(RawTerminal::enter(Newlines::by_container)));
  Session session(std::move(monitor), std::move(wishes), attachment);
  auto end = session.run();
  bool was_raw = raw.has_value();
  raw.reset();
  if (was_raw && end.ok() && !end.value().exit_code) report_done("detached; the container runs on");
  for (const std::string& message : session.messages()) report_done(message);
  return end;
}

}  // namespace aictr::cli
