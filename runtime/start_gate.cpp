#include "runtime/start_gate.h"

#include <sys/socket.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/unix_socket.h"
#include "runtime/handshake.h"

namespace aictr::runtime {
namespace {

std::string name_of(const std::string& id) {
  return id + ".start";
}

Error nobody_waits(const std::string& id) {
  return make_error(Kind::busy, fmt::format("container '{}' is not waiting to be started", id));
}

}  // namespace

Result<StartGate> StartGate::open(const StateRoot& root, const std::string& id) {
  // One that a killed creator left; the id is ours now.
  TRY(remove_gate(root, id));
  return StartGate(TRY(sys::listen_at(root.fd(), name_of(id), SOCK_SEQPACKET)));
}

Result<Handshake> StartGate::wait() {
  for (;;) {
    Handshake starter(TRY(sys::accept(listener_.get())));
    auto message = starter.receive();
    if (!message.ok() || message.value().step != Step::proceed) continue;  // it died before it had made up its mind
    listener_.reset();
    ignore(starter.send(Step::ready));  // if it is gone by now, the container starts all the same
    return starter;
  }
}

bool waits_at_gate(const StateRoot& root, const std::string& id) {
  return sys::exists(root.fd(), name_of(id));
}

Result<void> pass_gate(const StateRoot& root, const std::string& id) {
  auto connected = sys::connect_to(root.fd(), name_of(id), SOCK_SEQPACKET);
  if (!connected.ok()) return nobody_waits(id);
  Handshake process(std::move(connected).value());
  // Before the word is given: a container whose gate is gone counts as started, so there is no second start.
  TRY(remove_gate(root, id));
  TRY(process.send(Step::proceed));
  HandshakeMessage answer = TRY(process.receive());
  if (answer.step != Step::ready) return nobody_waits(id);
  TRY(process.receive());  // its error, or the end of the connection: it has become the container's program
  return {};
}

Result<void> remove_gate(const StateRoot& root, const std::string& id) {
  auto removed = sys::unlink(root.fd(), name_of(id));
  if (!removed.ok() && removed.error().code != ENOENT) return removed;
  return {};
}

}  // namespace aictr::runtime
