#include "hooks/nvidia_gpus.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "hooks/nvidia_mig.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMost = 64U << 10;

bool is_pci_address(std::string_view text) {
  auto parts = split(text, ':');
  return parts.size() == 3 && !parts[0].empty() && parts[2].find('.') != std::string::npos &&
         text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

}  // namespace

Result<std::optional<Gpu>> parse_gpu_information(std::string_view text) {
  Gpu gpu;
  bool has_minor = false;
  bool excluded = false;
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string_view key = trim(std::string_view(line).substr(0, colon));
    std::string value(trim(std::string_view(line).substr(colon + 1)));
    if (key == "Model") gpu.model = value;
    if (key == "GPU UUID") gpu.uuid = value;
    if (key == "Bus Location") gpu.pci = lower(value);
    if (key == "GPU Excluded") excluded = value == "Yes";
    if (key != "Device Minor") continue;
    auto minor = parse_number<unsigned>(value);
    if (!minor || *minor > 253) {  // 254 and 255 are the nodes that all GPUs share
      return make_error(Kind::corrupt, fmt::format("line {}: '{}' is no device minor", number, one_line(value)));
    }
    gpu.minor = *minor;
    has_minor = true;
  }
  if (excluded) return std::optional<Gpu>();
  if (!has_minor) return make_error(Kind::corrupt, "it has no line 'Device Minor'");
  return std::optional(std::move(gpu));
}

Result<std::vector<Gpu>> find_gpus(const HostRoots& roots) {
  std::vector<Gpu> gpus;
  auto directory = open_directory(roots.proc.get(), "driver/nvidia/gpus");
  if (!directory.ok()) return gpus;
  for (const std::string& name : TRY(list_directory(directory.value().get()))) {
    std::string what = fmt::format("/proc/driver/nvidia/gpus/{}/information", name);
    std::string text = TRY_AS(what, read_file(directory.value().get(), name + "/information", kMost));
    auto gpu = TRY_AS(what, parse_gpu_information(text));
    if (!gpu) continue;
    if (!is_pci_address(gpu->pci)) gpu->pci = lower(name);
    gpus.push_back(std::move(*gpu));
  }
  std::ranges::sort(gpus, {}, &Gpu::pci);
  unsigned index = 0;
  MigMinors minors = TRY(read_mig_minors(roots));
  for (Gpu& gpu : gpus) {
    gpu.index = index++;
    gpu.mig = TRY(find_mig_instances(roots, gpu.minor, minors));
  }
  return gpus;
}

}  // namespace aictr::hooks
