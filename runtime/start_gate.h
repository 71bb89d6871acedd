#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/container.h"
#include "runtime/handshake.h"

namespace aictr::runtime {

// Where a created process waits for start(), which may come from any process: a socket in the state root. The
// connection of the one who starts it also carries the reason when the exec fails; that it closes means success.
class StartGate {
 public:
  static Result<StartGate> open(const StateRoot& root, const std::string& id);

  // In the container's process: the connection of whoever starts it.
  Result<Handshake> wait();
  int fd() const { return listener_.get(); }

 private:
  explicit StartGate(UniqueFd listener) : listener_(std::move(listener)) {}
  UniqueFd listener_;
};

bool waits_at_gate(const StateRoot& root, const std::string& id);
// Kind::busy when nobody waits there.
Result<void> pass_gate(const StateRoot& root, const std::string& id);
Result<void> remove_gate(const StateRoot& root, const std::string& id);

}  // namespace aictr::runtime
