#include "runtime/handshake.h"

#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <span>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/unix_socket.h"

namespace aictr::runtime {
namespace {

constexpr std::size_t kLongestText = 16U << 10;

void put(std::string& into, std::uint32_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  into.append(bytes, sizeof bytes);
}

void put(std::string& into, std::string_view text) {
  text = text.substr(0, kLongestText);
  put(into, static_cast<std::uint32_t>(text.size()));
  into += text;
}

// Takes what it gives from the front of `bytes`; gives nothing once something did not fit.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number() {
    std::uint32_t value = 0;
    if (!has(sizeof value)) return 0;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    std::uint32_t size = number();
    if (!has(size)) return {};
    std::string value(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return value;
  }
  bool whole() const { return good_ && bytes_.empty(); }

 private:
  bool has(std::size_t size) { return good_ = good_ && bytes_.size() >= size; }
  std::string_view bytes_;
  bool good_ = true;
};

}  // namespace

std::string encode_error(const Error& error) {
  std::string bytes;
  put(bytes, static_cast<std::uint32_t>(error.kind));
  put(bytes, static_cast<std::uint32_t>(error.code));
  put(bytes, error.message);
  put(bytes, error.hint);
  return bytes;
}

Error decode_error(std::string_view bytes) {
  Reader reader(bytes);
  Error error;
  std::uint32_t kind = reader.number();
  error.code = static_cast<int>(reader.number());
  error.message = reader.text();
  error.hint = reader.text();
  if (!reader.whole() || kind > static_cast<std::uint32_t>(Kind::internal))
    return make_error(Kind::internal, "the container's first process sent an error that cannot be read");
  error.kind = static_cast<Kind>(kind);
  return error;
}

Result<Handshake::Pair> Handshake::make() {
  sys::SocketPair pair = TRY(sys::socket_pair(SOCK_SEQPACKET));
  return Pair{Handshake(std::move(pair.first)), Handshake(std::move(pair.second))};
}

Result<void> Handshake::send(Step step, std::string_view text, int fd) const {
  std::string bytes(1, static_cast<char>(step));
  bytes += text;
  auto sent = sys::send_message(socket_.get(), bytes, fd < 0 ? std::span<const int>() : std::span<const int>(&fd, 1));
  if (sent.ok() || sent.error().code != EPIPE) return sent;
  // The other side is gone; what it said last, if anything, is why.
  TRY(receive());
  return sent;
}

void Handshake::fail(const Error& error) const {
  ignore(send(Step::failed, encode_error(error)));
}

Result<HandshakeMessage> Handshake::receive() const {
  auto received = sys::receive_message(socket_.get());
  // The other side left without reading all that we had said. That is told once; then comes what it said before.
  if (!received.ok() && received.error().code == ECONNRESET) received = sys::receive_message(socket_.get());
  sys::Message raw = TRY(std::move(received));
  if (raw.bytes.empty()) return HandshakeMessage{};
  HandshakeMessage message;
  message.step = static_cast<Step>(raw.bytes[0]);
  message.text = raw.bytes.substr(1);
  message.fds = std::move(raw.fds);
  if (message.step == Step::failed) return decode_error(message.text);
  return message;
}

Result<HandshakeMessage> Handshake::expect(Step step) const {
  HandshakeMessage message = TRY(receive());
  if (message.step == step) return message;
  if (message.step == Step::failed) return make_error(Kind::internal, "the other side of the handshake is gone");
  return make_error(Kind::internal, fmt::format("unexpected message {}", static_cast<int>(message.step)));
}

bool Handshake::peer_is_gone() const {
  pollfd polled{socket_.get(), 0, 0};
  return ::poll(&polled, 1, 0) > 0 && (polled.revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace aictr::runtime
