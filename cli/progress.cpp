#include "cli/progress.h"

#include <unistd.h>

#include <cstdlib>
#include <map>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_terminal.h"
#include "cli/progress_block.h"
#include "cli/raw_progress.h"
#include "cli/report.h"
#include "cli/step_log.h"

namespace aictr::cli {
namespace {

using Clock = StepLog::Clock;

std::string rule_around(const std::string& title, const StepLog& log) {
  return fmt::format("------\n > {}:\n{}------\n", title, log.whole());
}

// Every line as it comes, for files and for CI.
class PlainProgress : public Progress {
 public:
  void planned(std::size_t) override {}
  void started(std::size_t step, const std::string&, const std::string& title) override {
    steps_.emplace(step, Step{Clock::now(), StepLog(Clock::now())});
    show(fmt::format("#{} {}\n", step, title));
  }

  void output(std::size_t step, std::string_view text) override {
    for (const auto& line : steps_.at(step).log.add(text, Clock::now())) print(step, line);
  }

  void finished(std::size_t step, Outcome outcome, std::int64_t) override {
    Step& done = steps_.at(step);
    for (const auto& line : done.log.finish(Clock::now())) print(step, line);
    double seconds = std::chrono::duration<double>(Clock::now() - done.start).count();
    switch (outcome) {
      case Outcome::cached:
        show(fmt::format("#{} CACHED\n\n", step));
        break;
      case Outcome::done:
        show(fmt::format("#{} DONE {:.1f}s\n\n", step, seconds));
        break;
      case Outcome::failed:
        show(fmt::format("#{} ERROR after {:.1f}s\n", step, seconds));
        break;
      case Outcome::cancelled:
        show(fmt::format("#{} CANCELED\n", step));
        break;
    }
    steps_.erase(step);
  }

  void warning(const std::string& text) override { report_warning(text); }
  void end() override {}

 private:
  struct Step {
    Clock::time_point start;
    StepLog log;
  };

  static void print(std::size_t step, const StepLog::Line& line) {
    show(fmt::format("#{} {:.3f} {}\n", step, line.seconds, line.text));
  }

  std::map<std::size_t, Step> steps_;
};

// Nothing, unless a step fails: then what it printed.
class QuietProgress : public Progress {
 public:
  void planned(std::size_t) override {}
  void started(std::size_t step, const std::string&, const std::string& title) override {
    titles_[step] = title;
    logs_.emplace(step, StepLog(Clock::now()));
  }
  void output(std::size_t step, std::string_view text) override { logs_.at(step).add(text, Clock::now()); }
  void finished(std::size_t step, Outcome outcome, std::int64_t) override {
    StepLog& log = logs_.at(step);
    log.finish(Clock::now());
    if (outcome == Outcome::failed && !log.lines().empty()) show(rule_around(titles_[step], log));
    logs_.erase(step);
  }
  void warning(const std::string&) override {}
  void end() override {}

 private:
  std::map<std::size_t, std::string> titles_;
  std::map<std::size_t, StepLog> logs_;
};

// A block of lines that is drawn over as the build goes on, at most ten times a second.
class TerminalProgress : public Progress {
 public:
  TerminalProgress() : block_(shows_colour(STDERR_FILENO)) {}

  void planned(std::size_t steps) override { block_.plan(steps); }
  void started(std::size_t step, const std::string&, const std::string& title) override {
    block_.start(step, title, Clock::now());
    draw(Urgency::now);
  }
  void output(std::size_t step, std::string_view text) override {
    block_.output(step, text, Clock::now());
    draw(Urgency::when_due);
  }
  void finished(std::size_t step, Outcome outcome, std::int64_t) override {
    block_.finish(step, outcome, Clock::now());
    draw(Urgency::when_due);
  }
  void warning(const std::string& text) override { warnings_ += fmt::format("warning: {}\n", text); }

  void end() override {
    if (ended_) return;
    ended_ = true;
    show(block_.redraw(terminal_width(STDERR_FILENO), ProgressBlock::kAllRows, Clock::now()) + warnings_);
    if (const auto* failed = block_.failed()) show(rule_around(failed->title, failed->log));
  }

 private:
  enum class Urgency { now, when_due };

  void draw(Urgency urgency) {
    constexpr auto kInterval = std::chrono::milliseconds(100);
    Clock::time_point now = Clock::now();
    if (urgency == Urgency::when_due && now - drawn_ < kInterval) return;
    drawn_ = now;
    show(block_.redraw(terminal_width(STDERR_FILENO), rows_to_draw(), now));
  }

  ProgressBlock block_;
  Clock::time_point drawn_{};
  std::string warnings_;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Progress>> make_progress(const std::string& how) {
  const char* variable = std::getenv("BUILDKIT_PROGRESS");
  std::string mode = !how.empty() ? how : variable != nullptr && *variable != '\0' ? variable : "auto";
  std::unique_ptr<Progress> progress;
  if (mode == "quiet") {
    progress = std::make_unique<QuietProgress>();
  } else if (mode == "rawjson") {
    progress = make_raw_progress();
  } else if (mode == "plain" || (mode == "auto" && !can_draw())) {
    progress = std::make_unique<PlainProgress>();
  } else if (mode == "tty" && !can_draw()) {
    return cannot_draw();
  } else if (mode == "tty" || mode == "auto") {
    progress = std::make_unique<TerminalProgress>();
  } else {
    return make_error(Kind::usage, fmt::format("BUILDKIT_PROGRESS is '{}'", mode),
                      "set it to auto, tty, plain, rawjson or quiet");
  }
  return progress;
}

}  // namespace aictr::cli
