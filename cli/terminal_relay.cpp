#include "cli/terminal_relay.h"

#include <unistd.h>

#include <cerrno>

#include "base/descriptor_flags.h"
#include "base/sys.h"
#include "base/sys_terminal.h"

namespace aictr::cli {
namespace {

// A pipe that polls as writable takes this much without blocking (PIPE_BUF).
constexpr std::size_t kChunk = 4096;

enum Slot { kMaster, kInput, kOutput };

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

// How long the kernel may take to move the last bytes of an ended process to the master side.
constexpr int kDrainMs = 100;

}  // namespace

Result<TerminalRelay> TerminalRelay::open(UniqueFd master, Newlines newlines) {
  RawTerminal raw = TRY(RawTerminal::enter(newlines));
  TerminalRelay relay(std::move(master), std::move(raw));
  TRY(sys::set_non_blocking(relay.master_.get()));
  relay.resize();
  return relay;
}

void TerminalRelay::resize() const {
  auto size = size_of_terminal_in_use();
  // Without a terminal of ours the container's keeps the size that it has.
  if (size) ignore(sys::set_terminal_size(master_.get(), *size));
}

TerminalRelay::Polled TerminalRelay::wants() const {
  Polled polled{};
  short master = 0;
  if (to_person_.empty() && !hung_up_) master |= POLLIN;
  if (!to_container_.empty() && !hung_up_) master |= POLLOUT;
  polled[kMaster] = {master != 0 ? master_.get() : -1, master, 0};
  polled[kInput] = {input_open_ && to_container_.empty() ? STDIN_FILENO : -1, POLLIN, 0};
  polled[kOutput] = {output_open_ && !to_person_.empty() ? STDOUT_FILENO : -1, POLLOUT, 0};
  return polled;
}

Result<void> TerminalRelay::carry(const Polled& ready) {
  if ((ready[kMaster].revents & POLLOUT) != 0) TRY(write_master());
  if ((ready[kMaster].revents & (POLLIN | POLLHUP | POLLERR)) != 0) TRY(read_master());
  if (ready[kInput].revents != 0) TRY(read_input());
  if (ready[kOutput].revents != 0) TRY(write_output());
  return {};
}

Result<void> TerminalRelay::read_master() {
  char buffer[kChunk];
  ssize_t n = ::read(master_.get(), buffer, sizeof buffer);
  if (n > 0) {
    if (output_open_) to_person_.append(buffer, static_cast<std::size_t>(n));
    return {};
  }
  if (n < 0 && would_block()) return {};
  if (n == 0 || errno == EIO) {
    hung_up_ = true;
    return {};
  }
  return sys_error("read from the container's terminal");
}

Result<void> TerminalRelay::read_input() {
  char buffer[kChunk];
  ssize_t n = ::read(STDIN_FILENO, buffer, sizeof buffer);
  if (n > 0) {
    to_container_.append(buffer, static_cast<std::size_t>(n));
  } else if (n == 0 || !would_block()) {
    input_open_ = false;  // the end, or a terminal that is gone: the container goes on without
  }
  return {};
}

Result<void> TerminalRelay::write_master() {
  ssize_t n = ::write(master_.get(), to_container_.data(), to_container_.size());
  if (n > 0) {
    to_container_.erase(0, static_cast<std::size_t>(n));
  } else if (!would_block()) {
    to_container_.clear();
  }
  return {};
}

Result<void> TerminalRelay::write_output() {
  ssize_t n = ::write(STDOUT_FILENO, to_person_.data(), to_person_.size());
  if (n > 0) {
    to_person_.erase(0, static_cast<std::size_t>(n));
  } else if (!would_block()) {
    output_open_ = false;  // nobody reads any more; what the container writes is still taken, or it would block
    to_person_.clear();
  }
  return {};
}

Result<void> TerminalRelay::drain() {
  hung_up_ = false;
  input_open_ = false;
  to_container_.clear();
  while (!hung_up_) {
    Polled polled = wants();
    int ready = ::poll(polled.data(), polled.size(), to_person_.empty() ? kDrainMs : -1);
    if (ready < 0 && errno != EINTR) return sys_error("wait for the container's terminal");
    if (ready == 0) break;
    if (ready > 0) TRY(carry(polled));
  }
  while (!to_person_.empty()) TRY(write_output());
  return {};
}

}  // namespace aictr::cli
