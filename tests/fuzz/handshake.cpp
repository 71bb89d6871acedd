// What the parent of a container's first process makes of whatever arrives on the handshake's socket.

#include "runtime/handshake.h"

#include <unistd.h>

#include "base/unix_socket.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

bool same(const Error& a, const Error& b) {
  return a.kind == b.kind && a.code == b.code && a.message == b.message && a.hint == b.hint;
}

void decode(std::string_view input) {
  Error error = decode_error(input);
  require(same(decode_error(encode_error(error)), error), "an error survives being sent on");
}

void receive(std::string_view input) {
  auto pair = Handshake::make();
  require(pair.ok(), "there are sockets");
  Handshake& parent = pair.value().parent;
  Handshake& child = pair.value().child;
  if (!sys::send_message(child.socket().get(), input).ok()) return;  // longer than a socket takes
  child.socket().reset();
  auto message = parent.receive();
  if (input.empty()) {
    require(message.ok() && message.value().step == Step::failed, "nothing at all means that the other side is gone");
    return;
  }
  bool failed = input[0] == static_cast<char>(Step::failed);
  if (failed) require(!message.ok(), "a failure is never taken for a message");
  if (!failed && message.ok()) require(message.value().text == input.substr(1), "a message arrives as it was sent");
  auto next = parent.expect(Step::ready);
  require(!next.ok(), "nobody is heard after the other side has left");
}

}  // namespace

void fuzz(std::string_view input) {
  decode(input);
  receive(input);
}
