#pragma once

// What AI work needs and nobody should have to know: limits for GPUs and NCCL, thread counts that follow --cpus, CPUs
// near the GPU. Each can be switched off by --no-default, an explicit value always wins, and -v shows what was chosen.
// That /dev/shm is half of the memory is decided where /dev/shm is (cli/run_spec.cpp).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// What of this machine the defaults depend on.
struct DefaultsFacts {
  bool may_raise_limits = false;              // CAP_SYS_RESOURCE
  std::map<std::string, std::uint64_t> hard;  // our own hard limits: "RLIMIT_MEMLOCK", "RLIMIT_STACK", "RLIMIT_NOFILE"
  unsigned cpus = 0;                          // online
};

// Whether --no-default names it, or says "all". The names are those of the flag's choices.
bool is_switched_off(const RunFlags& flags, std::string_view name);

// Whether the spec has a device that computes or moves memory by itself, and so wants memory locked: a GPU or RDMA.
bool has_accelerator(const oci::Spec& spec);

// memlock unlimited, a stack of 64 MiB and 1 Mi open files for a container with an accelerator, as far as we may raise
// them. Pure.
void choose_limits(oci::Process& process, const RunFlags& flags, const DefaultsFacts& facts,
                   std::vector<std::string>& chosen);

// One thread a CPU of --cpus, rounded down, for every library that would count the host's. Pure.
void choose_threads(oci::Process& process, const RunFlags& flags, const DefaultsFacts& facts,
                    std::vector<std::string>& chosen);

// The CPUs to prefer: those near any of the GPUs, when they are not all of `online` and hold at least `wanted`.
// `near` are the lists of each GPU, as of /sys/bus/pci/devices/ADDRESS/local_cpulist. Pure.
std::optional<std::string> choose_cpus(const std::vector<std::string>& near, std::string_view online, double wanted);

// All of these; for a spec that has its devices. `chosen` gets a line for every choice.
Result<void> apply_defaults(oci::Spec& spec, const RunFlags& flags, std::vector<std::string>& chosen);

}  // namespace aictr::cli
