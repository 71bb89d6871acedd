#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/dbus_message.h"

namespace aictr::runtime {

// A connection to a message bus, or to a program that speaks D-Bus without one. Blocking; every wait ends after a
// time, with Kind::network.
class DbusConnection {
 public:
  // `path` is a unix socket.
  enum class Peer { bus, program };
  static Result<DbusConnection> open(const std::string& path, Peer peer);

  // The reply. One that is an error is Kind::denied, not_found, exists or internal, with the name of the error
  // ("org.freedesktop.systemd1.NoSuchUnit") in the message.
  Result<DbusMessage> call(const DbusCall& call);

  // The next signal, also one that came while a reply was waited for.
  Result<DbusMessage> next_signal(std::chrono::milliseconds patience);

  Peer peer() const { return peer_; }

 private:
  DbusConnection(UniqueFd socket, Peer peer) : socket_(std::move(socket)), peer_(peer) {}
  Result<void> authenticate();
  Result<void> read_more(std::chrono::steady_clock::time_point deadline);
  Result<DbusMessage> next_message(std::chrono::steady_clock::time_point deadline);

  UniqueFd socket_;
  Peer peer_;
  std::uint32_t serial_ = 0;
  std::string received_;
  std::deque<DbusMessage> signals_;
};

// The path of the first unix socket in a bus address ("unix:path=/run/user/7/bus,guid=…;tcp:…"); empty: none.
std::string socket_of_address(std::string_view address);

}  // namespace aictr::runtime
