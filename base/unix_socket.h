#pragma once

// Unix sockets (unix(7)) that carry messages with file descriptors; the conventions of sys.h. A socket in the file
// system is named by a directory and a name in it, so its path may be longer than the 107 bytes of an address.

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::sys {

// Makes the socket `name`, mode 0600. `type`: SOCK_STREAM, SOCK_SEQPACKET.
Result<UniqueFd> listen_at(int dir, const std::string& name, int type);
Result<UniqueFd> connect_to(int dir, const std::string& name, int type);
Result<UniqueFd> connect_to(const std::string& path, int type);  // of any length
Result<UniqueFd> accept(int listener);

// A socket that takes datagrams from whoever the mode lets write to it; receive_message() gives them.
Result<UniqueFd> bind_datagrams_at(int dir, const std::string& name, mode_t mode);
// One datagram to the socket at `path`, or to the abstract one behind "@".
Result<void> send_datagram(const std::string& path, std::string_view bytes);

// A peer that is gone is an error (EPIPE), not a signal.
Result<void> send_message(int socket, std::string_view bytes, std::span<const int> fds = {});

// Connects to the stream socket at `path`, sends one message with one descriptor, and leaves.
Result<void> send_to(const std::string& path, std::string_view bytes, int fd);

struct Message {
  std::string bytes;  // empty: the peer has closed its end
  std::vector<UniqueFd> fds;
};
// One packet, or what a stream has ready. Kind::corrupt for one that is longer than `limit`.
Result<Message> receive_message(int socket, std::size_t limit = 64U << 10);

}  // namespace aictr::sys
