// The tables in which the kernel module tells GPUs and MIG instances, and what
// NVML's program prints.

#include "hooks/gpu_request.h"
#include "hooks/nvidia_gpus.h"
#include "hooks/nvidia_mig.h"
#include "hooks/nvidia_nodes.h"
#include "hooks/nvidia_require.h"
#include "hooks/nvidia_version.h"
#include "hooks/nvml_report.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr::hooks;

void fuzz(std::string_view input) {
  auto minors = parse_mig_minors(input);
  if (minors.ok()) {
    for (const auto& [name, minor] : minors.value()) require(minor < 1U << 20, "a minor is one that Linux has");
  } else {
    require(minors.error().message.starts_with("line "), "an error names its line");
  }
  parse_capability_minor(input);
  parse_character_majors(input);
  auto gpu = parse_gpu_information(input);
  if (gpu.ok() && gpu.value()) require(gpu.value()->minor < 254, "a GPU's minor is not a shared node's");
  aictr::ignore(parse_driver_version(input));
  std::vector<Gpu> gpus(2);
  aictr::ignore(merge_nvml_report(input, gpus));
  aictr::ignore(parse_gpu_request(input));
  auto version = DottedVersion::parse("580.95");
  aictr::ignore(is_met(input, {*version, version, version, "nvidia"}));
}
