#include "cli/transfer_progress.h"

#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <string_view>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_terminal.h"
#include "cli/report.h"
#include "cli/transfer_block.h"

namespace aictr::cli {
namespace {

using Clock = TransferBlock::Clock;

class Quiet final : public TransferProgress {
 public:
  void planned(const std::vector<images::TransferItem>&) override {}
  void moved(std::size_t, std::int64_t) override {}
  void finished(std::size_t, Outcome) override {}
  void end() override {}
};

// Both others keep a block, and differ in what they print of it.
class Shown : public TransferProgress {
 public:
  explicit Shown(const std::string& verb) : block_(verb, Clock::now()) {}

  void planned(const std::vector<images::TransferItem>& items) override {
    std::lock_guard lock(mutex_);
    block_.plan(items);
  }
  void moved(std::size_t item, std::int64_t bytes) override {
    std::lock_guard lock(mutex_);
    block_.move(item, bytes);
    if (Clock::now() - shown_ < interval()) return;
    shown_ = Clock::now();
    show_state();
  }
  void finished(std::size_t item, Outcome outcome) override {
    std::lock_guard lock(mutex_);
    block_.finish(item, outcome);
    show_finished(item);
  }

 protected:
  virtual Clock::duration interval() const = 0;
  virtual void show_state() = 0;
  virtual void show_finished(std::size_t item) = 0;

  std::mutex mutex_;
  TransferBlock block_;
  Clock::time_point shown_ = Clock::now();
};

class Plain final : public Shown {
 public:
  using Shown::Shown;
  void end() override {}

 private:
  Clock::duration interval() const override { return std::chrono::seconds(5); }
  void show_state() override { show(block_.total(Clock::now()) + "\n"); }
  void show_finished(std::size_t item) override { show(block_.outcome_of(item) + "\n"); }
};

class Terminal final : public Shown {
 public:
  using Shown::Shown;
  void end() override {
    std::lock_guard lock(mutex_);
    show_state();
  }

 private:
  Clock::duration interval() const override { return std::chrono::milliseconds(100); }
  void show_state() override { show(block_.redraw(terminal_width(STDERR_FILENO), rows_to_draw(), Clock::now())); }
  void show_finished(std::size_t) override { show_state(); }
};

}  // namespace

Result<std::unique_ptr<TransferProgress>> make_transfer_progress(const std::string& how, const std::string& verb) {
  std::unique_ptr<TransferProgress> progress;
  if (how == "quiet") {
    progress = std::make_unique<Quiet>();
  } else if (how == "tty" && !can_draw()) {
    return cannot_draw();
  } else if (how == "plain" || !can_draw()) {
    progress = std::make_unique<Plain>(verb);
  } else {
    progress = std::make_unique<Terminal>(verb);
  }
  return progress;
}

}  // namespace aictr::cli
