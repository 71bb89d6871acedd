#include "base/signal_name.h"

#include <signal.h>

#include <cstring>
#include <string>

#include "base/text.h"

namespace aictr {
namespace {

// The kernel's own numbers (signal(7)): libc keeps the first two real-time signals for itself, a container's may not.
constexpr int kFirstRealTime = 34;
constexpr int kLastRealTime = 64;

std::optional<int> real_time(std::string_view name) {
  bool from_first = name.starts_with("rtmin");
  if (!from_first && !name.starts_with("rtmax")) return std::nullopt;
  name.remove_prefix(5);
  if (name.empty()) return from_first ? kFirstRealTime : kLastRealTime;
  char sign = from_first ? '+' : '-';
  if (name.front() != sign) return std::nullopt;
  auto offset = parse_number<unsigned>(name.substr(1));
  if (!offset || *offset > static_cast<unsigned>(kLastRealTime - kFirstRealTime)) return std::nullopt;
  auto distance = static_cast<int>(*offset);
  return from_first ? kFirstRealTime + distance : kLastRealTime - distance;
}

}  // namespace

std::optional<int> signal_number(std::string_view name) {
  if (auto number = parse_number<int>(name)) {
    if (*number >= 1 && *number <= kLastRealTime) return number;
    return std::nullopt;
  }
  std::string wanted = lower(name);
  if (wanted.starts_with("sig")) wanted.erase(0, 3);
  if (wanted == "iot") return SIGABRT;
  if (wanted == "cld") return SIGCHLD;
  for (int signal = 1; signal < kFirstRealTime; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && wanted == lower(known)) return signal;
  }
  return real_time(wanted);
}

}  // namespace aictr
