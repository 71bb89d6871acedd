#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/container_log.h"

namespace aictr::cli {

// What the process that has made a container leaves to the monitor that it becomes: descriptors, which stay open across
// the exec, and words. Times are in seconds.
struct MonitorPlan {
  std::string id;
  pid_t pid = 0;  // a child of ours
  UniqueFd pidfd;
  UniqueFd claim;      // the lock that tells that somebody looks after the container
  UniqueFd listener;   // where people attach
  UniqueFd directory;  // the container's
  UniqueFd input;      // the other sides of its standard streams; none: it has a terminal, or reads nothing
  UniqueFd output;
  UniqueFd errors;
  UniqueFd terminal;
  std::vector<UniqueFd> clients;  // who has started it and stays
  bool input_ends_with_client = false;
  bool keeps_log = true;
  LogLimits log;
  int stop_signal = 15;
  double stop_timeout = 10;
  double health_interval = 0;  // 0: nobody asks
  double health_start_period = 0;
  double health_start_interval = 0;
  std::vector<std::string> health;     // the program that asks, and its words
  std::vector<std::string> successor;  // the program that puts the container away
};

// The words for aictr-monitor, and the way back. The descriptors that are named no longer close at an exec.
Result<std::vector<std::string>> print_plan(const MonitorPlan& plan);
Result<MonitorPlan> parse_plan(std::span<const std::string> words);

}  // namespace aictr::cli
