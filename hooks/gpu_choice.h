#pragma once

// From what is asked for to GPUs of this machine. Pure.

#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/gpu_request.h"
#include "hooks/nvidia_gpus.h"

namespace aictr::hooks {

// A whole GPU, or only some MIG instances of it.
struct ChosenGpu {
  Gpu gpu;
  std::vector<MigInstance> instances;
};

// True when a request can only be met with what NVML alone knows: memory, use, MIG UUIDs.
bool needs_nvml(const GpuRequest& request);

// Which GPUs a request means: the first `count` (Docker's rule), those that it names by index, UUID, PCI address, "i:j"
// (MIG), MIG UUID or "nvidia.com/gpu=NAME", or those that are good enough. "all" takes MIG instances of a GPU that is
// split and whole GPUs otherwise. Kind::not_found names what there is; Kind::unsupported a driver that is not NVIDIA's.
Result<std::vector<ChosenGpu>> choose_gpus(const GpuRequest& request, const std::vector<Gpu>& gpus);

// The choices of several requests as one, each GPU and instance once.
void merge(std::vector<ChosenGpu>& into, std::vector<ChosenGpu> more);

}  // namespace aictr::hooks
