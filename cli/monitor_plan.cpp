#include "cli/monitor_plan.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/descriptor_flags.h"
#include "base/text.h"
#include "cli/flags.h"

namespace aictr::cli {
namespace {

// The plan as words: parse_flags() reads them, so a descriptor is its number.
struct PlanWords {
  std::string id;
  int pid = 0;
  int pidfd = -1;
  int claim = -1;
  int listener = -1;
  int directory = -1;
  int input = -1;
  int output = -1;
  int errors = -1;
  int terminal = -1;
  std::vector<std::string> client;
  bool input_ends = false;
  bool log = false;
  std::int64_t log_size = -1;
  int log_files = 1;
  int stop_signal = 15;
  double stop_timeout = 10;
  double health_interval = 0;
  double health_start_period = 0;
  double health_start_interval = 0;
  std::vector<std::string> health;
};

constexpr Flag kFlags[] = {
    flag<&PlanWords::id>("id", 0, "ID", "the container"),
    flag<&PlanWords::pid>("pid", 0, "PID", "its first process, a child of ours"),
    flag<&PlanWords::pidfd>("pidfd", 0, "FD", "of that process"),
    flag<&PlanWords::claim>("claim", 0, "FD", "a lock to hold"),
    flag<&PlanWords::listener>("listener", 0, "FD", "where people attach"),
    flag<&PlanWords::directory>("directory", 0, "FD", "the container's directory"),
    flag<&PlanWords::input>("input", 0, "FD", "the end of its standard input"),
    flag<&PlanWords::output>("output", 0, "FD", "the end of its standard output"),
    flag<&PlanWords::errors>("errors", 0, "FD", "the end of its standard error"),
    flag<&PlanWords::terminal>("terminal", 0, "FD", "the master side of its terminal"),
    flag<&PlanWords::client>("client", 0, "FD", "somebody who is attached"),
    flag<&PlanWords::input_ends>("input-ends", 0, "", "its input ends with that of the first who is attached"),
    flag<&PlanWords::log>("log", 0, "", "write a log"),
    flag<&PlanWords::log_size>("log-size", 0, "BYTES", "of a file of it"),
    flag<&PlanWords::log_files>("log-files", 0, "NUMBER", "of files"),
    flag<&PlanWords::stop_signal>("stop-signal", 0, "NUMBER", "that asks it to end"),
    flag<&PlanWords::stop_timeout>("stop-timeout", 0, "SECONDS", "until it is killed then"),
    flag<&PlanWords::health_interval>("health-interval", 0, "SECONDS", "between two looks at its health"),
    flag<&PlanWords::health_start_period>("health-start-period", 0, "SECONDS", "in which it may be unwell"),
    flag<&PlanWords::health_start_interval>("health-start-interval", 0, "SECONDS", "between two looks in it"),
    flag<&PlanWords::health>("health", 0, "WORD", "one of those that look at its health"),
};

constexpr CommandFor<PlanWords> kMonitorCommand(Command{
    .name = "",
    .summary = "stay with a container",
    .arguments = "PROGRAM [ARG...]",
    .flags = kFlags,
    .interspersed = Interspersed::no,
    .min_arguments = 1,
    .program = "aictr-monitor",
});

Result<int> kept(const UniqueFd& fd) {
  if (!fd) return -1;
  TRY(sys::keep_at_exec(fd.get()));
  return fd.get();
}

// Closed at the next exec again, unless it is handed on once more.
Result<UniqueFd> taken(int fd) {
  if (fd >= 0) TRY(sys::close_at_exec(fd));
  return UniqueFd(fd);
}

}  // namespace

Result<std::vector<std::string>> print_plan(const MonitorPlan& plan) {
  PlanWords words;
  words.id = plan.id;
  words.pid = plan.pid;
  words.pidfd = TRY(kept(plan.pidfd));
  words.claim = TRY(kept(plan.claim));
  words.listener = TRY(kept(plan.listener));
  words.directory = TRY(kept(plan.directory));
  words.input = TRY(kept(plan.input));
  words.output = TRY(kept(plan.output));
  words.errors = TRY(kept(plan.errors));
  words.terminal = TRY(kept(plan.terminal));
  for (const UniqueFd& client : plan.clients) {
    int fd = TRY(kept(client));
    words.client.push_back(std::to_string(fd));
  }
  words.input_ends = plan.input_ends_with_client;
  words.log = plan.keeps_log;
  words.log_size = plan.log.max_size;
  words.log_files = plan.log.max_files;
  words.stop_signal = plan.stop_signal;
  words.stop_timeout = plan.stop_timeout;
  words.health_interval = plan.health_interval;
  words.health_start_period = plan.health_start_period;
  words.health_start_interval = plan.health_start_interval;
  words.health = plan.health;
  std::vector<std::string> result = words_of(kMonitorCommand, words);
  result.insert(result.end(), plan.successor.begin(), plan.successor.end());
  return result;
}

Result<MonitorPlan> parse_plan(std::span<const std::string> given) {
  PlanWords words;
  Parsed parsed = TRY(parse_flags(kMonitorCommand, given, &words));
  MonitorPlan plan;
  plan.id = words.id;
  plan.pid = words.pid;
  plan.pidfd = TRY(taken(words.pidfd));
  plan.claim = TRY(taken(words.claim));
  plan.listener = TRY(taken(words.listener));
  plan.directory = TRY(taken(words.directory));
  plan.input = TRY(taken(words.input));
  plan.output = TRY(taken(words.output));
  plan.errors = TRY(taken(words.errors));
  plan.terminal = TRY(taken(words.terminal));
  for (const std::string& client : words.client) {
    UniqueFd fd = TRY(taken(parse_number<int>(client).value_or(-1)));
    plan.clients.push_back(std::move(fd));
  }
  plan.input_ends_with_client = words.input_ends;
  plan.keeps_log = words.log;
  plan.log = {words.log_size, words.log_files};
  plan.stop_signal = words.stop_signal;
  plan.stop_timeout = words.stop_timeout;
  plan.health_interval = words.health_interval;
  plan.health_start_period = words.health_start_period;
  plan.health_start_interval = words.health_start_interval;
  plan.health = std::move(words.health);
  plan.successor = std::move(parsed.arguments);
  return plan;
}

}  // namespace aictr::cli
