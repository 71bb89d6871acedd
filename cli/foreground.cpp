#include "cli/foreground.h"

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/trace.h"
#include "base/units.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

std::string now() {
  return rfc3339(std::chrono::system_clock::now());
}

// One line that says what happened and what to do, for the failure that people otherwise see as a bare "Killed". It is
// about the container, not about a failure of ours, so it stands alone.
void report_memory(const runtime::MemoryReport& memory) {
  if (memory.oom_kills == 0) return;
  if (memory.limit < 0) {
    report_done("this machine ran out of memory, and the kernel killed the container's process");
    return;
  }
  auto limit = binary_size(static_cast<std::uint64_t>(memory.limit));
  auto peak = binary_size(static_cast<std::uint64_t>(std::max<std::int64_t>(memory.peak, 0)));
  report_done(fmt::format("container used all of its {} (memory.max); peak {}; raise --memory", limit, peak));
}

}  // namespace

Result<void> start_foreground(const runtime::StateRoot& states, const Containers& containers, Container& container) {
  TRY(runtime::start(states, container.id));
  container.started = now();
  TRY(containers.save(container));
  trace_step("started");
  return {};
}

Result<int> attend_foreground(const runtime::StateRoot& states, const Containers& containers, Container& container,
                              runtime::Created created, Attachment& attachment) {
  sys::Ended ended =
      TRY(attachment.attend({created.pid, created.pidfd.get(), std::move(created.terminal), Newlines::by_container}));
  trace_step("ended");
  // The record must tell the end even when the report of memory cannot be had.
  runtime::MemoryReport memory = runtime::memory_report(states, container.id).value_or({});
  report_memory(memory);
  container.finished = now();
  container.exit_code = ended.exit_code();
  container.killed_for_memory = memory.oom_kills > 0;
  if (container.remove_at_end) return ended.exit_code();
  // A container that has filled the disk still has an exit code to tell.
  auto saved = containers.save(container);
  if (!saved.ok()) report_warning(fmt::format("the container's end is not recorded: {}", saved.error().message));
  return ended.exit_code();
}

}  // namespace aictr::cli
