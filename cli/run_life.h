#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "cli/container_log.h"
#include "cli/run_command.h"
#include "oci/image_spec.h"

namespace aictr::cli {

// When a container that has ended is started again without anybody's doing.
struct RestartPolicy {
  enum class When { no, on_failure, always, unless_stopped };
  When when = When::no;
  int most = 0;  // times, of on_failure; 0: no limit
};
Result<RestartPolicy> parse_restart(std::string_view text);

// Whether it is now. `stopped`: a person has ended it.
bool starts_again(const RestartPolicy& policy, int exit_code, int restarts, bool stopped);

// How long to wait before: Docker's 100 ms, twice as long each time up to a minute, and again from the start after a
// run of ten seconds.
std::chrono::milliseconds restart_pause(int restarts, std::chrono::seconds ran);

// How a container is asked to end, and how long it has for that.
Result<int> stop_signal_of(const RunFlags& flags, const oci::ContainerConfig& image);
int stop_timeout_of(const RunFlags& flags);  // seconds

// 32 MiB a file and four files unless --log-opt says otherwise: a log never fills a disk by itself.
Result<LogLimits> log_limits(const RunFlags& flags);

// The image's with what the flags change, and Docker's defaults filled in; nothing when there is none.
Result<std::optional<oci::HealthCheck>> health_check_of(const RunFlags& flags, const oci::ContainerConfig& image);

// Everything above, so that what makes no sense is told before a container is made.
Result<void> check_life(const RunFlags& flags, const oci::ContainerConfig& image);

}  // namespace aictr::cli
