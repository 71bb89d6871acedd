#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/container.h"

namespace aictr::runtime {

// Tells when a container may have run out of memory: by inotify(7) on memory.events of cgroup v2, which the kernel
// changes then, or by an eventfd(2) on memory.oom_control of v1 (cgroup-v1/memory.rst, "OOM Control").
class MemoryWatch {
 public:
  // For a container whose memory nobody counts: one that never tells anything.
  static Result<MemoryWatch> open(const StateRoot& root, const std::string& id);

  int fd() const { return fd_.get(); }  // readable when memory_report() may say something new; -1: never
  void acknowledge();

 private:
  explicit MemoryWatch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace aictr::runtime
