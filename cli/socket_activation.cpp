#include "cli/socket_activation.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/text.h"
#include "oci/default_spec.h"

namespace aictr::cli {
namespace {

constexpr int kMost = 1024;  // more than any manager opens; a mistyped number is none

int number_in(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : parse_number<int>(text).value_or(0);
}

}  // namespace

int listen_fd_count() {
  if (number_in("LISTEN_PID") != ::getpid()) return 0;
  int count = number_in("LISTEN_FDS");
  return count > 0 && count <= kMost ? count : 0;
}

void announce_listen_fds(oci::Process& process, int count) {
  if (count == 0) return;
  oci::set_env(process.env, fmt::format("LISTEN_FDS={}", count));
  oci::set_env(process.env, "LISTEN_PID=1");
}

}  // namespace aictr::cli
