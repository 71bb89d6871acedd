#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "images/build_observer.h"

namespace aictr::cli {

// A step of a build that has begun. Times are seconds since the build began.
struct RecordedStep {
  using Outcome = images::BuildObserver::Outcome;
  std::size_t number = 0;
  std::string stage;  // empty: of none
  std::string title;  // "[2/4] COPY . ."
  double start = 0;
  double end = 0;
  bool running = true;
  Outcome outcome = Outcome::done;
  std::int64_t bytes = 0;  // of its layer

  double seconds() const { return end - start; }
  // Taking an image as the base, which is neither cached nor run.
  bool is_base() const { return title.find("] FROM ") != std::string::npos; }
};

// Remembers what another observer is told.
class BuildRecord : public images::BuildObserver {
 public:
  explicit BuildRecord(images::BuildObserver& next) : next_(next) {}

  void planned(std::size_t steps) override { next_.planned(steps); }
  void started(std::size_t step, const std::string& stage, const std::string& title) override;
  void output(std::size_t step, std::string_view text) override { next_.output(step, text); }
  void finished(std::size_t step, Outcome outcome, std::int64_t bytes) override;
  void warning(const std::string& text) override;  // each once: stages may say the same

  const std::vector<RecordedStep>& steps() const { return steps_; }
  double seconds() const;  // since the build began

 private:
  images::BuildObserver& next_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<RecordedStep> steps_;  // in the order in which they began
  std::set<std::string> warnings_;
};

// What was cached, what took longest and how big each layer is, in a few lines. Pure.
std::string build_summary(const std::vector<RecordedStep>& steps, double seconds);

}  // namespace aictr::cli
