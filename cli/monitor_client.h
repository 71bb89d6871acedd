#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "cli/attach_protocol.h"

namespace aictr::cli {

// Somebody who is attached to a container. Nothing here blocks; what cannot be sent waits.
class MonitorClient {
 public:
  // `patient`: the container waits for who started it, as a program waits for a full pipe; it does not wait for those
  // who came later, who are dropped when they fall too far behind.
  enum class Pace { container_waits, dropped_when_behind };

  MonitorClient(UniqueFd socket, Pace pace);

  int fd() const { return socket_.get(); }
  bool is_gone() const { return !socket_; }
  bool wants_output() const { return wants_output_; }
  void set_wish(Wish wish) { wants_output_ = wish == Wish::output; }
  bool is_starter() const { return pace_ == Pace::container_waits; }

  void send(Packet kind, std::string_view bytes);
  void send_waiting();  // what the socket takes now
  bool has_waiting() const { return !waiting_.empty(); }
  void drop() { socket_.reset(); }
  UniqueFd release() { return std::move(socket_); }

 private:
  bool try_send(const std::string& packet);

  UniqueFd socket_;
  Pace pace_;
  bool wants_output_ = true;
  std::deque<std::string> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace aictr::cli
