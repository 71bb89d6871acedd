#include "base/trace.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace aictr {
namespace {

int trace_fd = -1;
std::chrono::steady_clock::time_point trace_start;

}  // namespace

void trace_enable(int fd) {
  trace_fd = fd;
  trace_start = std::chrono::steady_clock::now();
}

void trace_step(std::string_view name) {
  if (trace_fd < 0) return;
  auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - trace_start);
  char line[160];
  int n = std::snprintf(line, sizeof line, "trace %d %8ld us  %.*s\n", static_cast<int>(::getpid()),
                        static_cast<long>(elapsed.count()), static_cast<int>(name.size()), name.data());
  if (n > 0 && ::write(trace_fd, line, static_cast<std::size_t>(n)) < 0) trace_fd = -1;
}

}  // namespace aictr
