#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/step_log.h"
#include "images/build_observer.h"

namespace aictr::cli {

// The steps of a build as lines of a terminal, drawn in place:
//
//   [+] Building 3.2s (2/4)
//    => CACHED [1/4] WORKDIR /app                              0.0s
//    => [2/4] RUN pip install -r requirements.txt              3.1s
//    => => # Collecting numpy
//
// Pure: redraw() gives the text and the control sequences that put it over what it gave the last time.
class ProgressBlock {
 public:
  using Clock = StepLog::Clock;
  using Outcome = images::BuildObserver::Outcome;
  static constexpr int kAllRows = 0;

  struct Step {
    std::size_t number = 0;
    std::string title;
    Clock::time_point start;
    Clock::time_point end;
    bool running = true;
    Outcome outcome = Outcome::done;
    StepLog log;
  };

  explicit ProgressBlock(bool colour) : colour_(colour) {}

  void plan(std::size_t steps) { planned_ = steps; }
  void start(std::size_t step, const std::string& title, Clock::time_point now);
  void output(std::size_t step, std::string_view text, Clock::time_point now);
  void finish(std::size_t step, Outcome outcome, Clock::time_point now);

  // `rows`: as many lines as fit, the newest; kAllRows for the last time.
  std::string redraw(int columns, int rows, Clock::time_point now);
  const Step* failed() const;

 private:
  Step* find(std::size_t number);
  std::vector<std::string> lines(std::size_t columns, Clock::time_point now) const;
  std::string step_line(const Step& step, std::size_t columns, Clock::time_point now) const;

  bool colour_;
  std::size_t planned_ = 0;
  std::vector<Step> steps_;
  std::size_t drawn_ = 0;  // lines on the terminal, below which the cursor stands
};

}  // namespace aictr::cli
