#include "cli/monitor_client.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/descriptor_flags.h"

namespace aictr::cli {
namespace {

constexpr std::size_t kTooFarBehind = 1U << 20;  // bytes; `aictr logs` has them all the same

}  // namespace

MonitorClient::MonitorClient(UniqueFd socket, Pace pace) : socket_(std::move(socket)), pace_(pace) {
  ignore(sys::set_non_blocking(socket_.get()));  // every send says so as well
}

// False: the socket is full.
bool MonitorClient::try_send(const std::string& packet) {
  ssize_t sent = 0;
  do {
    sent = ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) return true;
  if (errno == EAGAIN) return false;
  drop();  // it has gone away
  return true;
}

void MonitorClient::send(Packet kind, std::string_view bytes) {
  if (is_gone()) return;
  std::string packet(1, static_cast<char>(kind));
  packet += bytes;
  if (waiting_.empty() && try_send(packet)) return;
  waiting_bytes_ += packet.size();
  waiting_.push_back(std::move(packet));
  if (pace_ == Pace::dropped_when_behind && waiting_bytes_ > kTooFarBehind) drop();
}

void MonitorClient::send_waiting() {
  while (!is_gone() && !waiting_.empty() && try_send(waiting_.front())) {
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
  }
}

}  // namespace aictr::cli
