#include "runtime/dbus_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/unix_socket.h"

namespace aictr::runtime {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// As long as runc and systemctl wait; a manager that is busy with a reload answers late.
constexpr auto kPatience = 30s;

// "/run/user/1000/my%20bus": bytes that are no letters may be written as two digits.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = text[i] == '%' ? parse_number<unsigned>(text.substr(i + 1, 2), 16) : std::nullopt;
    plain += code ? static_cast<char>(*code) : text[i];
    if (code) i += 2;
  }
  return plain;
}

Error error_of(const DbusMessage& message) {
  Kind kind = Kind::internal;
  const std::string& name = message.error_name;
  if (name.ends_with(".NoSuchUnit") || name.ends_with(".ServiceUnknown")) kind = Kind::not_found;
  if (name.ends_with(".UnitExists")) kind = Kind::exists;
  if (name.ends_with(".AccessDenied") || name.ends_with(".InteractiveAuthorizationRequired")) kind = Kind::denied;
  std::string text = message.signature.starts_with('s') ? DbusReader(message.body).string() : std::string();
  return make_error(kind, fmt::format("{} ({})", text, name));
}

}  // namespace

Result<DbusConnection> DbusConnection::open(const std::string& path, Peer peer) {
  UniqueFd socket = TRY(sys::connect_to(path, SOCK_STREAM));
  DbusConnection connection(std::move(socket), peer);
  TRY_AS(path, connection.authenticate());
  if (peer == Peer::program) return connection;
  TRY_AS(path,
         connection.call({"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", "", ""}));
  return connection;
}

// Without a name of ours the other side takes the one that the kernel tells, which is right behind a user namespace
// too.
Result<void> DbusConnection::authenticate() {
  TRY(sys::send_message(socket_.get(), std::string_view("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", 29)));
  auto deadline = Clock::now() + kPatience;
  for (;;) {
    auto end = received_.find("\r\n");
    if (end == std::string::npos) {
      TRY(read_more(deadline));
      continue;
    }
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 2);
    if (line.starts_with("OK ")) return {};
    if (!line.starts_with("DATA")) return make_error(Kind::denied, "it does not let us in");
  }
}

Result<void> DbusConnection::read_more(Clock::time_point deadline) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd polled{socket_.get(), POLLIN, 0};
  if (left <= 0ms || ::poll(&polled, 1, static_cast<int>(left.count())) == 0)
    return make_error(Kind::network, "no answer in time");
  std::array<char, 4096> buffer;
  std::size_t count = TRY(sys::read(socket_.get(), buffer));
  if (count == 0) return make_error(Kind::network, "the connection was closed");
  received_.append(buffer.data(), count);
  return {};
}

Result<DbusMessage> DbusConnection::next_message(Clock::time_point deadline) {
  for (;;) {
    auto length = TRY(length_of_message(received_));
    if (length && received_.size() >= *length) {
      DbusMessage message = TRY(decode_message(received_));
      received_.erase(0, *length);
      return message;
    }
    TRY(read_more(deadline));
  }
}

Result<DbusMessage> DbusConnection::call(const DbusCall& call) {
  ++serial_;
  TRY(sys::send_message(socket_.get(), encode_call(call, serial_)));
  for (auto deadline = Clock::now() + kPatience;;) {
    DbusMessage message = TRY_AS(call.member, next_message(deadline));
    if (message.type == DbusMessage::Type::signal) signals_.push_back(std::move(message));
    if (message.reply_serial != serial_) continue;
    if (message.type == DbusMessage::Type::error) return error_of(message).context(call.member);
    return message;
  }
}

Result<DbusMessage> DbusConnection::next_signal(std::chrono::milliseconds patience) {
  if (!signals_.empty()) {
    DbusMessage message = std::move(signals_.front());
    signals_.pop_front();
    return message;
  }
  for (auto deadline = Clock::now() + patience;;) {
    DbusMessage message = TRY(next_message(deadline));
    if (message.type == DbusMessage::Type::signal) return message;
  }
}

std::string socket_of_address(std::string_view address) {
  for (const std::string& server : split(address, ';')) {
    if (!server.starts_with("unix:")) continue;
    for (const std::string& pair : split(std::string_view(server).substr(5), ',')) {
      if (pair.starts_with("path=")) return unescape(std::string_view(pair).substr(5));
    }
  }
  return {};
}

}  // namespace aictr::runtime
