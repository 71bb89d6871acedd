#pragma once

// What a container's monitor and those who are attached to it say to each other: packets of a unix socket
// (SOCK_SEQPACKET), the first byte of which tells their kind.

#include <cstddef>

namespace aictr::cli {

enum class Packet : char {
  // To the monitor
  hello = 'h',        // the first one of who connects: one byte, of Wish
  input = 'i',        // for the container's standard input
  input_end = 'e',    // there is no more
  resize = 'w',       // "ROWS COLUMNS" of the terminal
  not_reading = 'c',  // "o" or "e": nobody reads this stream of ours any more

  // From the monitor
  started = 's',  // the container's process has begun
  output = 'o',
  errors = 'r',
  message = 'm',  // a line of the monitor's own, for a person
  exit = 'x',     // the exit code, in digits; the container is put away
};

// What somebody who connects wants.
enum class Wish : char {
  end = '0',     // to hear of the end alone
  output = '1',  // what it writes as well
};

inline constexpr std::size_t kPacketLimit = 32U << 10;  // bytes, with the kind

}  // namespace aictr::cli
