#include "hooks/nvidia_libraries.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "hooks/ld_cache.h"

namespace aictr::hooks {
namespace {

#if defined(__aarch64__)
#define AICTR_TRIPLET "aarch64-linux-gnu"
#else
#define AICTR_TRIPLET "x86_64-linux-gnu"
#endif

constexpr std::array kDirectories = {"/usr/lib/" AICTR_TRIPLET,
                                     "/usr/lib/" AICTR_TRIPLET "/nvidia/current",
                                     "/usr/lib64",
                                     "/usr/lib64/nvidia",
                                     "/usr/local/nvidia/lib64",
                                     "/usr/local/nvidia/lib",
                                     "/opt/nvidia/lib64",
                                     "/opt/nvidia/lib",
                                     "/lib/" AICTR_TRIPLET,
                                     "/lib64",
                                     "/usr/lib",
                                     "/lib"};
constexpr std::array kDirectories32 = {"/usr/lib/i386-linux-gnu", "/usr/lib/i386-linux-gnu/nvidia/current",
                                       "/usr/lib32", "/usr/local/nvidia/lib32"};
constexpr std::size_t kMostCache = 16U << 20;

struct Stem {
  std::string_view name;
  Capability capability;
};

constexpr std::array kStems = {
    Stem{"libnvidia-ml", Capability::utility},
    Stem{"libnvidia-cfg", Capability::utility},
    Stem{"libnvidia-nscq", Capability::utility},
    Stem{"libvdpau_nvidia", Capability::video},
    Stem{"libnvidia-encode", Capability::video},
    Stem{"libnvidia-opticalflow", Capability::video},
    Stem{"libnvcuvid", Capability::video},
    Stem{"libnvidia-eglcore", Capability::graphics},
    Stem{"libnvidia-glcore", Capability::graphics},
    Stem{"libnvidia-tls", Capability::graphics},
    Stem{"libnvidia-glsi", Capability::graphics},
    Stem{"libnvidia-fbc", Capability::graphics},
    Stem{"libnvidia-ifr", Capability::graphics},
    Stem{"libnvidia-rtcore", Capability::graphics},
    Stem{"libnvoptix", Capability::graphics},
    Stem{"libGLX_nvidia", Capability::graphics},
    Stem{"libEGL_nvidia", Capability::graphics},
    Stem{"libGLESv2_nvidia", Capability::graphics},
    Stem{"libGLESv1_CM_nvidia", Capability::graphics},
    Stem{"libnvidia-glvkspirv", Capability::graphics},
    Stem{"libnvidia-cbl", Capability::graphics},
    Stem{"libnvidia-egl-gbm", Capability::graphics},
    Stem{"libnvidia-egl-wayland", Capability::graphics},
    Stem{"libnvidia-egl-wayland2", Capability::graphics},
    Stem{"libnvidia-egl-xcb", Capability::graphics},
    Stem{"libnvidia-egl-xlib", Capability::graphics},
    Stem{"libnvidia-vulkan-producer", Capability::graphics},
    Stem{"libnvidia-gtk2", Capability::display},
    Stem{"libnvidia-gtk3", Capability::display},
    Stem{"libnvidia-wayland-client", Capability::display},
    Stem{"libnvidia-ngx", Capability::ngx},
};

// These carry a version of their own, not the driver's.
constexpr std::array kOwnVersion = {
    "libnvidia-egl-gbm.so.",  "libnvidia-egl-wayland.so.", "libnvidia-egl-wayland2.so.",   "libnvidia-egl-xcb.so.",
    "libnvidia-egl-xlib.so.", "libnvidia-nvvm70.so.",      "libnvidia-vulkan-producer.so."};

std::string_view stem_of(std::string_view name) {
  return name.substr(0, name.find(".so"));
}

bool belongs(std::string_view name, const std::string& suffix) {
  if (!name.starts_with("lib")) return false;
  if (name.ends_with(suffix)) return true;
  return std::ranges::any_of(kOwnVersion, [&](std::string_view prefix) {
    if (!name.starts_with(prefix)) return false;
    std::string_view version = name.substr(prefix.size());
    bool full = version.find('.') != std::string_view::npos || prefix.find("nvvm70") != std::string_view::npos;
    return full && DottedVersion::parse(version).has_value();
  });
}

// The version in "libcuda.so.580.95.05", of at least two numbers.
std::optional<DottedVersion> version_in(std::string_view name) {
  for (std::string_view prefix : {"libcuda.so.", "libnvidia-ml.so."}) {
    if (!name.starts_with(prefix)) continue;
    auto version = DottedVersion::parse(name.substr(prefix.size()));
    if (version && version->numbers.size() >= 2) return version;
  }
  return std::nullopt;
}

class Search {
 public:
  Search(const HostRoots& roots, const DottedVersion& version)
      : roots_(roots), version_(version), suffix_(".so." + version.text) {}

  Result<std::vector<DriverLibrary>> run() {
    for (const char* path : kDirectories) TRY(look_into(path, false));
    if (found_.empty()) {
      for (const std::string& path : directories_of_cache()) TRY(look_into(path, false));
    }
    if (found_.empty()) return nothing_found();
    for (const char* path : kDirectories32) TRY(look_into(path, true));
    return std::move(found_);
  }

 private:
  Result<void> look_into(const std::string& path, bool is_32bit) {
    auto directory = roots_.open_file(path, O_RDONLY | O_DIRECTORY);
    if (!directory.ok()) return {};
    struct stat st = TRY(sys::stat(directory.value().get()));
    if (!seen_.insert({st.st_dev, st.st_ino}).second) return {};
    looked_.push_back(path);
    bool has_driver = sys::exists(directory.value().get(), "libcuda" + suffix_) ||
                      sys::exists(directory.value().get(), "libnvidia-ml" + suffix_);
    if (!has_driver) return {};
    TRY(take_names(directory.value().get(), path, "", is_32bit));
    auto vdpau = roots_.open_file(path + "/vdpau", O_RDONLY | O_DIRECTORY);
    if (vdpau.ok()) TRY(take_names(vdpau.value().get(), path, "vdpau", is_32bit));
    return {};
  }

  Result<void> take_names(int directory, const std::string& path, const std::string& subdirectory, bool is_32bit) {
    for (DirectoryEntry& entry : TRY(list_entries(directory))) {
      if (!belongs(entry.name, suffix_)) continue;
      Capability capability = capability_of_library(stem_of(entry.name));
      bool known = std::ranges::any_of(found_, [&](const DriverLibrary& library) {
        return library.name == entry.name && library.is_32bit == is_32bit;
      });
      if (!known) found_.push_back({std::move(entry.name), path, subdirectory, is_32bit, capability});
    }
    std::ranges::sort(found_, [](const DriverLibrary& a, const DriverLibrary& b) { return a.path() < b.path(); });
    return {};
  }

  std::vector<std::string> directories_of_cache() const {
    std::vector<std::string> directories;
    auto file = roots_.open_file("/etc/ld.so.cache", O_RDONLY);
    if (!file.ok()) return directories;
    auto bytes = sys::read_to_end(file.value().get(), kMostCache);
    if (!bytes.ok()) return directories;
    auto cache = parse_ld_cache(bytes.value());
    if (!cache.ok()) return directories;
    for (const CachedLibrary& library : cache.value().libraries) {
      bool telling = library.name == "libcuda.so.1" || library.name == "libnvidia-ml.so.1";
      if (!telling || library.flags != native_cache_flags()) continue;
      directories.push_back(library.path.substr(0, library.path.rfind('/')));
    }
    return directories;
  }

  Error nothing_found() {
    for (const std::string& path : looked_) {
      auto directory = roots_.open_file(path, O_RDONLY | O_DIRECTORY);
      if (!directory.ok()) continue;
      for (const DirectoryEntry& entry : list_entries(directory.value().get()).value_or({})) {
        auto other = version_in(entry.name);
        if (!other) continue;
        return make_error(
            Kind::not_found,
            fmt::format("the NVIDIA kernel module is version {}, but the libraries in '{}{}' are version {}",
                        version_.text, roots_.driver_path, path, other->text),
            "after an update of the driver reboot, or reload the module: `rmmod nvidia_uvm nvidia_drm nvidia_modeset "
            "nvidia && modprobe nvidia`");
      }
    }
    return make_error(Kind::not_found,
                      fmt::format("there are no libraries of NVIDIA driver {} below '{}'", version_.text,
                                  roots_.driver_path.empty() ? "/" : roots_.driver_path),
                      "install the driver's libraries, or say where they are: --driver-root DIRECTORY");
  }

  const HostRoots& roots_;
  const DottedVersion& version_;
  std::string suffix_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<std::string> looked_;
  std::vector<DriverLibrary> found_;
};

}  // namespace

std::string DriverLibrary::path() const {
  return subdirectory.empty() ? fmt::format("{}/{}", directory, name)
                              : fmt::format("{}/{}/{}", directory, subdirectory, name);
}

Capability capability_of_library(std::string_view stem) {
  auto known = std::ranges::find(kStems, stem, &Stem::name);
  return known == kStems.end() ? Capability::compute : known->capability;
}

bool is_wanted(const DriverLibrary& library, Capabilities wanted) {
  if (library.is_32bit && !has(wanted, Capability::compat32)) return false;
  // NVENC and NVDEC are CUDA programs, ngx runs on CUDA, X11 draws with OpenGL.
  if (has(wanted, Capability::video) || has(wanted, Capability::ngx))
    wanted |= static_cast<unsigned>(Capability::compute);
  if (has(wanted, Capability::display)) wanted |= static_cast<unsigned>(Capability::graphics);
  // Vulkan and OptiX compile with these; they serve computing too.
  bool shared = library.name.starts_with("libnvidia-gpucomp.") || library.name.starts_with("libnvidia-allocator.");
  return has(wanted, library.needed_for) || (shared && has(wanted, Capability::graphics));
}

Result<std::vector<DriverLibrary>> find_libraries(const HostRoots& roots, const DottedVersion& version) {
  return Search(roots, version).run();
}

}  // namespace aictr::hooks
