#pragma once

// The GPUs of a machine as the kernel module tells them, without NVML.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/host_roots.h"

namespace aictr::hooks {

// A part of a GPU with memory and processors of its own (Multi-Instance GPU).
struct MigInstance {
  unsigned gpu_instance = 0;
  unsigned compute_instance = 0;
  unsigned gpu_minor = 0;      // of the node nvidia-cap<N> that gives access to the GPU instance
  unsigned compute_minor = 0;  // and to the compute instance
  std::string uuid;            // only NVML knows it: empty without
  std::string profile;         // "1g.18gb", the same
};

struct Gpu {
  unsigned index = 0;  // as NVML and nvidia-smi count: in the order of PCI addresses
  unsigned minor = 0;  // of /dev/nvidia<N>, which need not be the index
  std::string uuid;    // "GPU-…"
  std::string pci;     // "0000:01:00.0"
  std::string model;   // "NVIDIA H200"
  std::vector<MigInstance> mig;
  // Only NVML knows these.
  std::optional<std::int64_t> memory;  // bytes
  std::optional<bool> free;            // no process computes on it
};

// Of one /proc/driver/nvidia/gpus/ADDRESS/information; `index` and `mig` are not filled. Nothing for a GPU that the
// driver leaves out ("GPU Excluded: Yes"). Kind::corrupt names the line.
Result<std::optional<Gpu>> parse_gpu_information(std::string_view text);

// All of them with their MIG instances, by index.
Result<std::vector<Gpu>> find_gpus(const HostRoots& roots);

}  // namespace aictr::hooks
