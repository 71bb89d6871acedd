#pragma once

// What an image asks of the driver: its variables NVIDIA_REQUIRE_* and CUDA_VERSION. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/dotted_version.h"

namespace aictr::hooks {

// What there is. A fact that is not known meets every demand on it.
struct DriverFacts {
  DottedVersion driver;
  std::optional<DottedVersion> cuda;  // the newest that the driver runs
  std::optional<DottedVersion> arch;  // of the GPU: its compute capability
  std::string brand;                  // "tesla", "geforcertx", …; empty: unknown
};

// The brand that NVML would tell, from a GPU's name.
std::string brand_of_model(std::string_view model);

// `expression`: groups with blanks between them, of which one must hold; a group is demands with commas between them,
// which must all hold: "cuda>=12.4 brand=tesla,driver>=470,driver<471". Kind::usage for a demand without meaning.
Result<bool> is_met(std::string_view expression, const DriverFacts& facts);

// Goes through an environment ("KEY=value"), which NVIDIA_DISABLE_REQUIRE=true switches off. Kind::unsupported names
// what is asked for and what there is, and the image tag that would do.
Result<void> check_requirements(const std::vector<std::string>& environment, const DriverFacts& facts);

}  // namespace aictr::hooks
