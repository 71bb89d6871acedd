#pragma once

// What a container has written, in the format of Docker's json-file driver, which log shippers read: a line of JSON
// with "log", "stream" and "time" for each line of output, in ID-json.log of the container's directory; older ones are
// ID-json.log.1 and so on. A line without an end, or beyond 16 KiB, comes in pieces of which the last has the "\n".

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::cli {

struct LogLimits {
  std::int64_t max_size = -1;  // bytes a file; -1: no limit
  int max_files = 1;           // the newest included
};

std::string log_name(const std::string& id, int age);  // age 0: the one that is written to

class ContainerLog {
 public:
  // Appends to what is there.
  static Result<ContainerLog> open(UniqueFd directory, std::string id, LogLimits limits);

  enum class Stream { output, errors };
  // A full disk must not stop the container: the first failure is what this returns, and logging goes on when there is
  // room again.
  Result<void> append(Stream stream, std::string_view bytes);
  bool has_unfinished_lines() const { return !unfinished_[0].empty() || !unfinished_[1].empty(); }
  Result<void> flush();  // lines whose end has not come yet, too

 private:
  ContainerLog(UniqueFd directory, std::string id, LogLimits limits)
      : directory_(std::move(directory)), id_(std::move(id)), limits_(limits) {}
  Result<void> open_file();
  Result<void> add_entry(Stream stream, std::string_view text, const std::string& time);
  Result<void> write_entries();
  Result<void> rotate();

  UniqueFd directory_;
  std::string id_;
  LogLimits limits_;
  UniqueFd file_;
  std::int64_t size_ = 0;
  std::string entries_;  // made, and not written yet
  std::string unfinished_[2];
};

}  // namespace aictr::cli
