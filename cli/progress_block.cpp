#include "cli/progress_block.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::cli {
namespace {

constexpr std::size_t kLogLines = 6;  // of a running step
constexpr std::string_view kBlue = "34";
constexpr std::string_view kRed = "31";

double seconds_between(StepLog::Clock::time_point start, StepLog::Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

// Cut to `columns` characters; a character of several bytes counts as one.
std::string cut(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool continues = (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
    if (!continues && seen++ == columns) return std::string(text.substr(0, i));
  }
  return std::string(text);
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

void ProgressBlock::start(std::size_t step, const std::string& title, Clock::time_point now) {
  steps_.push_back({step, title, now, now, true, Outcome::done, StepLog(now)});
}

void ProgressBlock::output(std::size_t step, std::string_view text, Clock::time_point now) {
  if (Step* found = find(step)) found->log.add(text, now);
}

void ProgressBlock::finish(std::size_t step, Outcome outcome, Clock::time_point now) {
  Step* found = find(step);
  if (found == nullptr) return;
  found->log.finish(now);
  found->running = false;
  found->end = now;
  found->outcome = outcome;
}

const ProgressBlock::Step* ProgressBlock::failed() const {
  auto found = std::ranges::find_if(steps_, [](const Step& step) { return step.outcome == Outcome::failed; });
  return found == steps_.end() || found->log.lines().empty() ? nullptr : &*found;
}

ProgressBlock::Step* ProgressBlock::find(std::size_t number) {
  auto found = std::ranges::find(steps_, number, &Step::number);
  return found == steps_.end() ? nullptr : &*found;
}

std::string ProgressBlock::step_line(const Step& step, std::size_t columns, Clock::time_point now) const {
  std::string time = fmt::format(" {:.1f}s", seconds_between(step.start, step.running ? now : step.end));
  constexpr std::string_view kWords[] = {"", "CACHED ", "ERROR ", "CANCELED "};
  std::string_view word = step.running ? "" : kWords[static_cast<std::size_t>(step.outcome)];
  auto room = columns - std::min(columns, time.size());
  std::string line = cut(fmt::format(" => {}{}", word, printable(step.title)), room);
  line.append(room - width_of(line), ' ');
  line += time;
  if (!colour_ || step.running) return line;
  return fmt::format("\033[{}m{}\033[0m", step.outcome == Outcome::failed ? kRed : kBlue, line);
}

std::vector<std::string> ProgressBlock::lines(std::size_t columns, Clock::time_point now) const {
  auto finished = std::ranges::count_if(steps_, [](const Step& step) { return !step.running; });
  double seconds = steps_.empty() ? 0 : seconds_between(steps_.front().start, now);
  std::vector<std::string> all = {
      cut(fmt::format("[+] Building {:.1f}s ({}/{})", seconds, finished, std::max(planned_, steps_.size())), columns)};
  for (const Step& step : steps_) {
    all.push_back(step_line(step, columns, now));
    if (!step.running) continue;
    const auto& log = step.log.lines();
    for (std::size_t i = log.size() - std::min(log.size(), kLogLines); i < log.size(); ++i) {
      all.push_back(cut(" => => # " + printable(log[i].text), columns));
    }
  }
  return all;
}

std::string ProgressBlock::redraw(int columns, int rows, Clock::time_point now) {
  std::vector<std::string> all = lines(static_cast<std::size_t>(std::max(columns, 1)), now);
  // A row is left for the cursor, which stands below the block.
  auto fit = static_cast<std::size_t>(std::max(rows - 1, 2));
  if (rows != kAllRows && all.size() > fit) {
    all.erase(all.begin() + 1, all.begin() + 1 + static_cast<std::ptrdiff_t>(all.size() - fit));
  }
  std::string text = drawn_ > 0 ? fmt::format("\033[{}A", drawn_) : "";
  for (const std::string& line : all) text += "\r" + line + "\033[K\n";
  if (all.size() < drawn_) text += "\033[J";
  drawn_ = all.size();
  return text;
}

}  // namespace aictr::cli
