#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::cli {

// What a build step has printed, line by line, with the second at which each line was complete. A line that a program
// draws over with carriage returns, as progress bars are, counts once, as it was last.
class StepLog {
 public:
  using Clock = std::chrono::steady_clock;

  struct Line {
    double seconds = 0;  // since the step began
    std::string text;
  };

  explicit StepLog(Clock::time_point start) : start_(start) {}

  // Gives back the lines that this completes.
  std::vector<Line> add(std::string_view text, Clock::time_point now);
  // The rest that no line end follows.
  std::vector<Line> finish(Clock::time_point now);

  const std::vector<Line>& lines() const { return lines_; }
  std::string whole() const;  // "0.512 text\n" for every line

 private:
  Line complete(Clock::time_point now);

  Clock::time_point start_;
  std::string partial_;
  std::vector<Line> lines_;
};

// The text as it may be shown in one line: control characters and escape sequences are left out.
std::string printable(std::string_view text);

}  // namespace aictr::cli
