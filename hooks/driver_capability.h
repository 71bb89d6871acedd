#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr::hooks {

// What of the driver a container is given (NVIDIA_DRIVER_CAPABILITIES); a set is a sum of them.
enum class Capability : unsigned {
  compute = 1,   // CUDA and OpenCL
  compat32 = 2,  // the 32-bit libraries too
  graphics = 4,  // OpenGL, Vulkan, EGL
  utility = 8,   // nvidia-smi and NVML
  video = 16,    // encoding and decoding
  display = 32,  // X11
  ngx = 64,
};
using Capabilities = unsigned;

inline constexpr Capabilities kAllCapabilities = 127;

constexpr Capabilities operator|(Capability a, Capability b) {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
constexpr bool has(Capabilities set, Capability one) {
  return (set & static_cast<unsigned>(one)) != 0;
}

// "compute,utility", "all"; nothing at all is "utility,compute". "gpu" and "nvidia", which Docker's requests carry,
// mean none in particular. Kind::usage names a word without meaning.
Result<Capabilities> parse_capabilities(std::string_view text);
std::string capability_names(Capabilities set);

}  // namespace aictr::hooks
