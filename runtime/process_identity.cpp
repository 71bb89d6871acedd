#include "runtime/process_identity.h"

#include <fcntl.h>

#include <string_view>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys_process.h"
#include "base/text.h"

namespace aictr::runtime {

Result<std::uint64_t> start_time_of(pid_t pid) {
  std::string stat = TRY(read_file(AT_FDCWD, fmt::format("/proc/{}/stat", pid)));
  // The name in parentheses may hold anything; what follows the last one are the fields from the third on.
  auto fields = words(std::string_view(stat).substr(stat.rfind(')') + 1));
  constexpr std::size_t kState = 0;
  constexpr std::size_t kStartTime = 19;
  if (fields.size() <= kStartTime) return make_error(Kind::corrupt, fmt::format("'/proc/{}/stat' is cut short", pid));
  bool ended = fields[kState] == "Z" || fields[kState] == "X";
  auto time = parse_number<std::uint64_t>(fields[kStartTime]);
  if (ended || !time) return sys_error(fmt::format("process {}", pid), ESRCH);
  return *time;
}

Result<std::optional<UniqueFd>> open_first_process(const oci::RuntimeRecord& record) {
  if (record.pid <= 0) return std::optional<UniqueFd>();
  auto opened = sys::pidfd_open(record.pid);
  // The descriptor first, then the look: a number that is given to somebody else in between shows another time.
  auto started = start_time_of(record.pid);
  if (!opened.ok() || !started.ok() || started.value() != record.start_time) return std::optional<UniqueFd>();
  return std::optional(std::move(opened).value());
}

}  // namespace aictr::runtime
