#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/container_log.h"

namespace aictr::cli {

struct LogEntry {
  ContainerLog::Stream stream = ContainerLog::Stream::output;
  std::string text;  // with its "\n", unless the line had none yet
  std::string time;  // RFC 3339
};

// A line of a log. Nothing for one that makes no sense, such as the last one of a machine that lost its power.
std::optional<LogEntry> parse_log_entry(std::string_view line);

// Reads a container's log from its oldest file to the newest, and goes on with what is added, also when the files are
// turned meanwhile.
class LogReader {
 public:
  static Result<LogReader> open(UniqueFd directory, std::string id);

  // Everything that is there by now and was not given before, in order.
  Result<void> read(const std::function<void(LogEntry)>& take);

 private:
  LogReader(UniqueFd directory, std::string id) : directory_(std::move(directory)), id_(std::move(id)) {}
  Result<void> read_file(const std::function<void(LogEntry)>& take);

  UniqueFd directory_;
  std::string id_;
  std::deque<UniqueFd> files_;  // the first is being read
  std::string unfinished_;
};

// "2026-11-28T10:00:00Z", "1764324000.5", "10m": a point in time, the last as long ago. Kind::usage for none.
Result<std::chrono::system_clock::time_point> parse_log_time(std::string_view text,
                                                             std::chrono::system_clock::time_point now);

}  // namespace aictr::cli
