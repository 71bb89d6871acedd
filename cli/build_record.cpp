#include "cli/build_record.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/step_log.h"

namespace aictr::cli {
namespace {

using Outcome = images::BuildObserver::Outcome;

std::string shortened(const std::string& title) {
  constexpr std::size_t kLongest = 70;
  std::string text = printable(title);
  return text.size() > kLongest ? text.substr(0, kLongest) + "…" : text;
}

}  // namespace

void BuildRecord::started(std::size_t step, const std::string& stage, const std::string& title) {
  double now = seconds();
  steps_.push_back({step, stage, title, now, now, true, Outcome::done, 0});
  next_.started(step, stage, title);
}

void BuildRecord::finished(std::size_t step, Outcome outcome, std::int64_t bytes) {
  auto found = std::ranges::find(steps_, step, &RecordedStep::number);
  if (found != steps_.end()) {
    found->end = seconds();
    found->running = false;
    found->outcome = outcome;
    found->bytes = bytes;
  }
  next_.finished(step, outcome, bytes);
}

void BuildRecord::warning(const std::string& text) {
  if (warnings_.insert(text).second) next_.warning(text);
}

double BuildRecord::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

std::string build_summary(const std::vector<RecordedStep>& steps, double seconds) {
  std::size_t cached = 0;
  std::size_t ran = 0;
  const RecordedStep* longest = nullptr;
  std::string layers;
  for (const RecordedStep& step : steps) {
    if (!step.stage.empty() && !step.is_base()) ++(step.outcome == Outcome::cached ? cached : ran);
    if (step.outcome == Outcome::done && (longest == nullptr || step.seconds() > longest->seconds())) longest = &step;
    if (step.bytes == 0) continue;
    std::string_view how = step.is_base() ? "base" : step.outcome == Outcome::cached ? "cached" : "";
    std::string time = how.empty() ? fmt::format("{:.1f}s", step.seconds()) : std::string(how);
    layers += fmt::format("  {:>8} {:>8}  {}\n", decimal_size(static_cast<std::uint64_t>(step.bytes)), time,
                          shortened(step.title));
  }
  std::string text = fmt::format("{} of {} steps were cached, {:.1f}s in all", cached, cached + ran, seconds);
  if (longest != nullptr) {
    text += fmt::format("; longest: {:.1f}s {}", longest->seconds(), shortened(longest->title));
  }
  text += "\n";
  if (!layers.empty()) text += "layers:\n" + layers;
  return text;
}

}  // namespace aictr::cli
