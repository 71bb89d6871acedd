#include "images/platform_choice.h"

#include <algorithm>
#include <optional>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::images {
namespace {

std::string usual_architecture(const std::string& name) {
  if (name == "x86_64" || name == "x86-64") return "amd64";
  if (name == "aarch64") return "arm64";
  if (name == "armhf" || name == "armel") return "arm";
  return name;
}

bool is_known_architecture(const std::string& name) {
  constexpr std::string_view kKnown[] = {"386",    "amd64",    "arm",     "arm64",   "loong64", "mips",
                                         "mips64", "mips64le", "ppc64le", "riscv64", "s390x",   "wasm"};
  return std::ranges::find(kKnown, name) != std::end(kKnown);
}

// Variants of one architecture form a line: what is for an earlier one runs on a later one.
int level(const oci::Platform& platform) {
  if (platform.variant.empty()) return platform.architecture == "arm64" ? 8 : platform.architecture == "arm" ? 7 : 1;
  std::string_view digits = platform.variant;
  if (digits.starts_with('v')) digits.remove_prefix(1);
  return parse_number<int>(digits.substr(0, digits.find('.'))).value_or(1000);
}

std::string list(const oci::Index& index) {
  std::string text;
  for (const oci::Descriptor& entry : index.manifests) {
    if (!entry.platform || entry.platform->os == "unknown") continue;  // an attestation
    text += (text.empty() ? "" : ", ") + print_platform(*entry.platform);
  }
  return text.empty() ? "no platform at all" : text;
}

}  // namespace

Result<oci::Platform> parse_platform(std::string_view text) {
  std::vector<std::string> parts = split(text, '/');
  oci::Platform platform;
  platform.os = "linux";
  if (parts.size() == 1) {
    platform.architecture = usual_architecture(lower(parts[0]));
  } else {
    platform.os = lower(parts[0]);
    platform.architecture = usual_architecture(lower(parts[1]));
    if (parts.size() == 3) platform.variant = lower(parts[2]);
  }
  if (parts.size() > 3 || !is_known_architecture(platform.architecture)) {
    return make_error(Kind::usage, fmt::format("'{}' is not a platform", text),
                      "such as linux/amd64 or linux/arm64/v8");
  }
  return platform;
}

std::string print_platform(const oci::Platform& platform) {
  std::string text = fmt::format("{}/{}", platform.os, platform.architecture);
  return platform.variant.empty() ? text : text + "/" + platform.variant;
}

bool suits(const oci::Platform& image, const oci::Platform& wanted) {
  return image.os == wanted.os && image.architecture == wanted.architecture && level(image) <= level(wanted);
}

Result<oci::Descriptor> choose_platform(const oci::Index& index, const oci::Platform& wanted) {
  std::optional<oci::Descriptor> best;
  for (const oci::Descriptor& entry : index.manifests) {
    if (!entry.platform || !suits(*entry.platform, wanted)) continue;
    if (!best || level(*entry.platform) > level(*best->platform)) best = entry;
  }
  // An index of one image may not say what it is for; its configuration does.
  if (!best && index.manifests.size() == 1 && !index.manifests[0].platform) best = index.manifests[0];
  if (best) return *std::move(best);
  return make_error(Kind::not_found,
                    fmt::format("there is no image for {}; there is {}", print_platform(wanted), list(index)),
                    "--platform chooses another");
}

oci::Platform machine_platform() {
  oci::Platform platform = oci::native_platform();
#if defined(__x86_64__)
  __builtin_cpu_init();
  platform.variant = "v1";
  if (__builtin_cpu_supports("sse4.2") != 0 && __builtin_cpu_supports("popcnt") != 0) platform.variant = "v2";
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0) platform.variant = "v3";
  if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0) platform.variant = "v4";
#endif
  return platform;
}

}  // namespace aictr::images
