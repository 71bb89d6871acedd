#pragma once

// What a container's first process and the process that makes it tell each other, over a socket pair that closes by
// itself when the process execs. Errors travel whole, so the caller sees one as if it had happened in its own process.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::runtime {

enum class Step : std::uint8_t {
  failed,       // either way: an Error
  proceed,      // to the child: maps and record are written; the text is its pid as the host knows it
  environment,  // to the parent: everything is mounted, it is time for the hooks of the host
  hooks_done,   // to the child
  listener,     // to the parent: the descriptor at which the process's seccomp notifications are answered
  ready,        // to the parent: set up and waiting for start, or about to exec; with the terminal, if there is one
};

struct HandshakeMessage {
  Step step = Step::failed;
  std::string text;
  std::vector<UniqueFd> fds;
};

std::string encode_error(const Error& error);
Error decode_error(std::string_view bytes);  // of bytes that are none: an error that says so

class Handshake {
 public:
  struct Pair;
  static Result<Pair> make();
  explicit Handshake(UniqueFd socket) : socket_(std::move(socket)) {}

  Result<void> send(Step step, std::string_view text = {}, int fd = -1) const;
  void fail(const Error& error) const;  // as far as there is somebody left to tell

  // The next message; the other side's error when it failed. Step::failed without text: the other side is gone.
  Result<HandshakeMessage> receive() const;
  Result<HandshakeMessage> expect(Step step) const;  // Kind::internal for anything else

  bool peer_is_gone() const;
  UniqueFd& socket() { return socket_; }

 private:
  UniqueFd socket_;
};

struct Handshake::Pair {
  Handshake parent;
  Handshake child;
};

}  // namespace aictr::runtime
