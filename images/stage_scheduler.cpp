#include "images/stage_scheduler.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <vector>

#include <fmt/core.h>

#include "base/stop_signals.h"
#include "base/sys_process.h"
#include "images/stage_worker.h"

namespace aictr::images {
namespace {

using Outcome = BuildObserver::Outcome;
using Topic = WorkerMessage::Topic;

constexpr int kPatienceMs = 1000;

struct Worker {
  WorkerChannel channel;
  sys::Cloned process;
  std::size_t stage;
  std::optional<std::size_t> needs;  // the stage that it waits for
};

class Scheduler {
 public:
  Scheduler(const Dockerfile& file, const Plan& plan, const StageTools& tools, std::size_t jobs)
      : file_(file), plan_(plan), tools_(tools), jobs_(jobs), built_(plan.stages.size()) {}

  Result<std::vector<BuiltStage>> run() {
    StopSignals signals = TRY(StopSignals::hold());
    auto done = work(signals);
    if (!done.ok()) end_all();
    for (std::size_t step : running_steps_) {
      tools_.observer.finished(step, step == failed_step_ ? Outcome::failed : Outcome::cancelled, 0);
    }
    TRY(std::move(done));
    std::vector<BuiltStage> all;
    for (auto& stage : built_) {
      if (stage) all.push_back(std::move(*stage));
    }
    return all;
  }

 private:
  Result<void> work(StopSignals& signals) {
    while (!built_.back()) {
      TRY(start_and_release());
      TRY(wait_for_news(signals));
    }
    return {};
  }

  // As many as there are jobs: those that wait come before those that have not begun.
  Result<void> start_and_release() {
    for (Worker& worker : workers_) {
      if (worker.needs && built_[*worker.needs] && active() < jobs_) {
        TRY(worker.channel.send(Topic::built, *worker.needs, print_stage(*built_[*worker.needs])));
        worker.needs.reset();
      }
    }
    while (next_ < plan_.stages.size() && active() < jobs_) TRY(start(next_++));
    return {};
  }

  std::size_t active() const {
    return static_cast<std::size_t>(std::ranges::count_if(workers_, [](const Worker& w) { return !w.needs; }));
  }

  Result<void> start(std::size_t stage) {
    auto [ours, theirs] = TRY(WorkerChannel::pair());
    pid_t build = ::getpid();
    sys::Cloned process = TRY(sys::clone3(0));
    if (process.pid == 0) {
      bool bound = sys::prctl(PR_SET_PDEATHSIG, SIGKILL).ok() && ::getppid() == build;
      if (!bound) ::_exit(1);
      workers_.clear();  // the other ends of their channels, and of ours: when the build closes it we are to see that
      ours.close();
      run_stage_worker(file_, plan_, stage, tools_, theirs);
    }
    workers_.push_back({std::move(ours), std::move(process), stage, std::nullopt});
    return {};
  }

  Result<void> wait_for_news(StopSignals& signals) {
    std::vector<pollfd> polled = {{signals.fd(), POLLIN, 0}};
    for (const Worker& worker : workers_) polled.push_back({worker.channel.fd(), POLLIN, 0});
    int ready = ::poll(polled.data(), polled.size(), -1);
    if (ready < 0 && errno == EINTR) return {};
    if (ready < 0) return sys_error("wait for the stages");
    if (polled[0].revents != 0) {
      return make_error(Kind::busy, fmt::format("stopped by SIG{}", ::sigabbrev_np(TRY(signals.take()))));
    }
    // From the last on: one that has ended is taken out.
    for (std::size_t i = workers_.size(); i-- > 0;) {
      if (polled[i + 1].revents != 0) TRY(hear(i));
    }
    return {};
  }

  Result<void> hear(std::size_t index) {
    Worker& worker = workers_[index];
    auto message = TRY(worker.channel.receive());
    if (!message) return lost(index);
    switch (message->topic) {
      case Topic::started:
        begin(message->number, message->text);
        break;
      case Topic::output:
        tools_.observer.output(message->number, message->text);
        break;
      case Topic::finished:
        finish(message->number, parse_finished(message->text));
        break;
      case Topic::warning:
        tools_.observer.warning(message->text);
        break;
      case Topic::need:
        worker.needs = message->number;
        break;
      case Topic::digests:
        tools_.context_digests.add(message->text);
        break;
      case Topic::built:
        built_[worker.stage] = TRY(parse_stage(message->text));
        return bury(index);
      case Topic::failed:
        TRY(bury(index));
        return parse_error(message->text);
    }
    return {};
  }

  void begin(std::size_t step, const std::string& text) {
    running_steps_.insert(step);
    auto line_end = std::min(text.find('\n'), text.size());
    tools_.observer.started(step, text.substr(0, line_end), text.substr(std::min(line_end + 1, text.size())));
  }

  // A step that failed is shown last, when the others are known to have ended.
  void finish(std::size_t step, const FinishedStep& finished) {
    if (finished.outcome == Outcome::failed) {
      failed_step_ = step;
      return;
    }
    running_steps_.erase(step);
    tools_.observer.finished(step, finished.outcome, finished.bytes);
  }

  Result<void> lost(std::size_t index) {
    std::string name = plan_.stages[workers_[index].stage].name;
    TRY(bury(index));
    return make_error(Kind::internal, fmt::format("the process that built '{}' is gone", name),
                      "it may have been killed for memory: `dmesg` tells; --jobs 1 takes less");
  }

  Result<void> bury(std::size_t index) {
    TRY(sys::wait(workers_[index].process.pid));
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(index));
    return {};
  }

  // Each gets a second to put its step away.
  void end_all() {
    for (Worker& worker : workers_) {
      worker.channel.close();
      ignore(sys::pidfd_send_signal(worker.process.pidfd.get(), SIGTERM));
    }
    for (const Worker& worker : workers_) {
      pollfd polled{worker.process.pidfd.get(), POLLIN, 0};
      if (::poll(&polled, 1, kPatienceMs) <= 0) ignore(sys::pidfd_send_signal(polled.fd, SIGKILL));
      ignore(sys::wait(worker.process.pid));
    }
    workers_.clear();
  }

  const Dockerfile& file_;
  const Plan& plan_;
  const StageTools& tools_;
  std::size_t jobs_;
  std::size_t next_ = 0;  // the first stage that has not begun
  std::vector<std::optional<BuiltStage>> built_;
  std::vector<Worker> workers_;
  std::set<std::size_t> running_steps_;
  std::size_t failed_step_ = 0;  // none
};

}  // namespace

Result<std::vector<BuiltStage>> build_at_once(const Dockerfile& file, const Plan& plan, const StageTools& tools,
                                              std::size_t jobs) {
  return Scheduler(file, plan, tools, jobs).run();
}

}  // namespace aictr::images
