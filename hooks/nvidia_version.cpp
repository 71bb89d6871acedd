#include "hooks/nvidia_version.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMost = 64U << 10;

// NVIDIA's small boards: their driver is part of the system image, and its files are listed in CSV files there.
bool is_jetson(const HostRoots& roots) {
  return sys::exists(roots.sys.get(), "module/tegra_fuse") || sys::exists(roots.sys.get(), "devices/soc0/family") ||
         roots.open_file("/etc/nv_tegra_release", O_PATH).ok();
}

Error no_driver(const HostRoots& roots) {
  if (is_jetson(roots)) {
    return make_error(Kind::unsupported, "this is a Jetson: GPUs of Tegra systems are not supported",
                      "name its devices with --device and its libraries with -v, or use NVIDIA's own toolkit there");
  }
  if (sys::exists(roots.dev.get(), "dxg")) {
    return make_error(Kind::unsupported, "this is Windows' subsystem for Linux: its GPUs are not supported",
                      "give the container --device /dev/dxg and -v /usr/lib/wsl:/usr/lib/wsl:ro");
  }
  return make_error(Kind::not_found, "the NVIDIA kernel module is not loaded: there is no /proc/driver/nvidia/version",
                    "load it (`modprobe nvidia`) or install the driver; --gpus auto runs without a GPU then");
}

}  // namespace

Result<DottedVersion> parse_driver_version(std::string_view text) {
  bool behind_module = false;
  for (const std::string& line : split(text, '\n')) {
    for (const std::string& word : words(line)) {
      auto version = DottedVersion::parse(word);
      if (behind_module && version && version->numbers.size() >= 2) return *version;
      behind_module = behind_module || word == "Module";
    }
  }
  return make_error(Kind::corrupt, "/proc/driver/nvidia/version names no version");
}

Result<DottedVersion> loaded_driver_version(const HostRoots& roots) {
  auto told = read_file(roots.proc.get(), "driver/nvidia/version", kMost);
  if (told.ok()) return parse_driver_version(told.value());
  auto number = read_file(roots.sys.get(), "module/nvidia/version", kMost);
  if (!number.ok()) return no_driver(roots);
  auto version = DottedVersion::parse(trim(number.value()));
  if (version) return *version;
  return make_error(Kind::corrupt, "/sys/module/nvidia/version names no version");
}

}  // namespace aictr::hooks
