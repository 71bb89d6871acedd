#pragma once

// How the kernel treats the calling thread: scheduling, memory placement, personality, keys; the conventions of sys.h.

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace aictr::sys {

// struct sched_attr of sched_setattr(2), version 0.
struct SchedulerAttributes {
  std::uint32_t size = 48;
  std::uint32_t policy = 0;  // SCHED_*
  std::uint64_t flags = 0;   // SCHED_FLAG_*
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // nanoseconds, as the next two
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};
Result<void> sched_setattr(const SchedulerAttributes& attributes);

Result<void> sched_setaffinity(std::span<const unsigned long> cpu_mask);  // bit n of the whole is CPU n

Result<void> ioprio_set(int io_class, int level);  // ioprio_set(2): IOPRIO_CLASS_*, 0 to 7
Result<void> set_mempolicy(int mode, std::span<const unsigned long> node_mask);
Result<void> personality(unsigned long persona);

// A session keyring of our own, so that the caller's keys stay out of the container (keyctl(2)).
Result<void> join_session_keyring(const std::string& name);

}  // namespace aictr::sys
