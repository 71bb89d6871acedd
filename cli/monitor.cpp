#include "cli/monitor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>

#include "base/descriptor_flags.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/sys_terminal.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "cli/container_files.h"

namespace aictr::cli {
namespace {

constexpr std::size_t kChunk = 16U << 10;       // bytes of output that are carried at once
constexpr std::size_t kMostInput = 256U << 10;  // bytes that wait for a container that does not read
constexpr int kLogPauseMs = 1000;               // after which a line without an end is put into the log

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

Result<Monitor> Monitor::begin(MonitorPlan plan) {
  Monitor monitor(std::move(plan));
  MonitorPlan& what = monitor.plan_;
  if (what.keeps_log) {
    UniqueFd directory = TRY(sys::duplicate(what.directory.get()));
    monitor.log_ = TRY(ContainerLog::open(std::move(directory), what.id, what.log));
  }
  for (const UniqueFd* fd : {&what.input, &what.output, &what.errors, &what.terminal, &what.listener}) {
    if (*fd) TRY(sys::set_non_blocking(fd->get()));
  }
  for (UniqueFd& client : what.clients)
    monitor.clients_.emplace_back(std::move(client), MonitorClient::Pace::container_waits);
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  TRY(sys::block_signals(signals));
  monitor.signals_ = TRY(sys::signalfd(signals));
  double first = what.health_start_interval > 0 ? what.health_start_interval : what.health_interval;
  monitor.ask_at_ = monitor.began_ + milliseconds(first);
  return monitor;
}

Error Monitor::run() {
  reap();  // it may have ended before we listened for that
  while (!is_done()) wait();
  if (log_) ignore(log_->flush());
  return become_successor();
}

bool Monitor::is_done() const {
  if (!exit_code_) return false;
  // What a process that has outlived the container's first one writes later is nobody's any more.
  return std::ranges::none_of(clients_, [](const MonitorClient& c) { return !c.is_gone() && c.has_waiting(); });
}

bool Monitor::may_read() const {
  return std::ranges::none_of(clients_,
                              [](const MonitorClient& c) { return !c.is_gone() && c.is_starter() && c.has_waiting(); });
}

int Monitor::milliseconds_to_wait() const {
  Clock::duration most = std::chrono::hours(1);
  if (log_waits_) most = std::min<Clock::duration>(most, std::chrono::milliseconds(kLogPauseMs));
  if (plan_.health_interval > 0 && health_ == 0 && !exit_code_) most = std::min(most, ask_at_ - Clock::now());
  if (kill_at_) most = std::min(most, *kill_at_ - Clock::now());
  auto count = std::chrono::ceil<std::chrono::milliseconds>(most).count();
  return static_cast<int>(std::max<std::int64_t>(count, 0));
}

void Monitor::wait() {
  std::vector<pollfd> polled;
  auto add = [&](int fd, short events) { polled.push_back({events == 0 ? -1 : fd, events, 0}); };
  short readable = may_read() ? POLLIN : 0;
  add(signals_.get(), POLLIN);
  add(plan_.listener.get(), POLLIN);
  add(plan_.output.get(), readable);
  add(plan_.errors.get(), readable);
  add(plan_.input.get(), to_container_.empty() ? 0 : POLLOUT);
  add(plan_.terminal.get(), static_cast<short>(readable | (to_container_.empty() ? 0 : POLLOUT)));
  for (const MonitorClient& client : clients_) {
    short events = to_container_.size() < kMostInput ? POLLIN : 0;
    add(client.fd(), static_cast<short>(events | (client.has_waiting() ? POLLOUT : 0)));
  }
  int ready = ::poll(polled.data(), polled.size(), milliseconds_to_wait());
  if (ready == 0 && log_waits_ && log_) {
    ignore(log_->flush());
    log_waits_ = false;
  }
  if (kill_at_ && Clock::now() >= *kill_at_) {
    ignore(sys::pidfd_send_signal(plan_.pidfd.get(), SIGKILL));
    kill_at_.reset();
  }
  if (plan_.health_interval > 0 && health_ == 0 && Clock::now() >= ask_at_) ask_for_health();
  if (ready <= 0) return;
  if (polled[2].revents != 0) carry_output(plan_.output, ContainerLog::Stream::output);
  if (polled[3].revents != 0) carry_output(plan_.errors, ContainerLog::Stream::errors);
  if ((polled[5].revents & ~POLLOUT) != 0) carry_output(plan_.terminal, ContainerLog::Stream::output);
  carry_input();
  if (polled[1].revents != 0) accept_client();
  serve_clients();
  if (polled[0].revents != 0) take_signals();
}

void Monitor::carry_output(UniqueFd& from, ContainerLog::Stream stream) {
  char buffer[kChunk];
  ssize_t count = ::read(from.get(), buffer, sizeof buffer);
  if (count < 0 && would_block()) return;
  if (count <= 0) {
    from.reset();  // everybody who could write has closed it
    return;
  }
  std::string_view bytes(buffer, static_cast<std::size_t>(count));
  // A full disk costs lines of the log, not the container.
  if (log_) ignore(log_->append(stream, bytes));
  log_waits_ = log_ && log_->has_unfinished_lines();
  for (MonitorClient& client : clients_) {
    if (client.wants_output())
      client.send(stream == ContainerLog::Stream::output ? Packet::output : Packet::errors, bytes);
  }
}

void Monitor::carry_input() {
  const UniqueFd& to = plan_.terminal ? plan_.terminal : plan_.input;
  if (!to) {
    to_container_.clear();
    return;
  }
  while (!to_container_.empty()) {
    ssize_t count = ::write(to.get(), to_container_.data(), to_container_.size());
    if (count < 0 && would_block()) return;
    if (count < 0) {
      to_container_.clear();  // it has closed its input
      break;
    }
    to_container_.erase(0, static_cast<std::size_t>(count));
  }
  if (input_ends_) plan_.input.reset();
}

void Monitor::accept_client() {
  auto socket = sys::accept(plan_.listener.get());
  if (socket.ok()) clients_.emplace_back(std::move(socket).value(), MonitorClient::Pace::dropped_when_behind);
}

void Monitor::serve_clients() {
  for (MonitorClient& client : clients_) {
    client.send_waiting();
    if (!client.is_gone()) take_packet(client);
  }
  carry_input();
  std::erase_if(clients_, [](const MonitorClient& client) { return client.is_gone(); });
}

void Monitor::take_packet(MonitorClient& client) {
  if (to_container_.size() >= kMostInput) return;
  auto message = sys::receive_message(client.fd(), kPacketLimit);
  if (!message.ok() && message.error().code == EAGAIN) return;
  if (!message.ok() || message.value().bytes.empty()) {
    if (client.is_starter() && plan_.input_ends_with_client) input_ends_ = true;
    client.drop();
    return;
  }
  std::string_view bytes = std::string_view(message.value().bytes).substr(1);
  switch (static_cast<Packet>(message.value().bytes[0])) {
    case Packet::hello:
      client.set_wish(bytes == "1" ? Wish::output : Wish::end);
      break;
    case Packet::input:
      to_container_ += bytes;
      break;
    case Packet::input_end:
      if (plan_.input_ends_with_client) input_ends_ = true;
      break;
    case Packet::resize: {
      auto sizes = words(bytes);
      winsize size{};
      if (sizes.size() == 2) {
        size.ws_row = static_cast<unsigned short>(parse_number<unsigned>(sizes[0]).value_or(0));
        size.ws_col = static_cast<unsigned short>(parse_number<unsigned>(sizes[1]).value_or(0));
      }
      if (plan_.terminal && size.ws_row != 0) ignore(sys::set_terminal_size(plan_.terminal.get(), size));
      break;
    }
    case Packet::not_reading:
      // As when who reads a pipe goes away: the next write fails. Only for who started it; others just stop to read.
      if (client.is_starter()) (bytes == "e" ? plan_.errors : plan_.output).reset();
      break;
    default:
      break;
  }
}

void Monitor::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGCHLD) stop();
  }
  reap();
}

// The machine goes down, or whoever started us wants us to end: with the container, and it is not started again.
void Monitor::stop() {
  if (kill_at_) return;
  ignore(sys::open(plan_.directory.get(), kStoppedMark, O_WRONLY | O_CREAT, 0600));
  ignore(sys::pidfd_send_signal(plan_.pidfd.get(), plan_.stop_signal));
  kill_at_ = Clock::now() + milliseconds(plan_.stop_timeout);
}

void Monitor::reap() {
  if (health_ != 0) {
    auto ended = sys::wait_no_hang(health_);
    if (!ended.ok() || ended.value()) {
      healthy_ = ended.ok() && ended.value()->exit_code() == 0;
      health_ = 0;
    }
  }
  if (exit_code_) return;
  auto ended = sys::wait_no_hang(plan_.pid);
  if (ended.ok() && !ended.value()) return;
  exit_code_ = ended.ok() ? ended.value()->exit_code() : 255;
  // What it wrote before is all there.
  for (auto [fd, stream] : {std::pair(&plan_.output, ContainerLog::Stream::output),
                            {&plan_.errors, ContainerLog::Stream::errors},
                            {&plan_.terminal, ContainerLog::Stream::output}}) {
    for (pollfd polled{fd->get(), POLLIN, 0}; *fd && ::poll(&polled, 1, 0) > 0; polled.fd = fd->get())
      carry_output(*fd, stream);
  }
}

void Monitor::ask_for_health() {
  bool starting = !healthy_ && Clock::now() < began_ + milliseconds(plan_.health_start_period);
  double interval = starting && plan_.health_start_interval > 0 ? plan_.health_start_interval : plan_.health_interval;
  ask_at_ = Clock::now() + milliseconds(interval);
  pid_t child = ::fork();
  if (child < 0) return;
  if (child > 0) {
    health_ = child;
    return;
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ignore(Result<void>(sys::execute(plan_.health[0], plan_.health)));
  ::_exit(127);
}

Error Monitor::become_successor() {
  std::vector<std::string> words = plan_.successor;
  words.push_back(fmt::format("--code={}", *exit_code_));
  words.push_back(fmt::format("--claim={}", plan_.claim.get()));
  std::vector<int> kept = {plan_.claim.get()};
  for (const MonitorClient& client : clients_) {
    if (client.is_gone()) continue;
    words.push_back(fmt::format("--client={}", client.fd()));
    kept.push_back(client.fd());
  }
  for (int fd : kept) TRY(sys::keep_at_exec(fd));
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  return sys::execute(words[0], words);
}

}  // namespace aictr::cli
