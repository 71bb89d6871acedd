#include "hooks/nvidia_edits.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "hooks/elf_file.h"
#include "hooks/nvidia_nodes.h"

namespace aictr::hooks {
namespace {

constexpr mode_t kWorldReadWrite = 0006;

class Planner {
 public:
  Planner(const NvidiaDriver& driver, Capabilities wanted) : driver_(driver), wanted_(wanted) {}

  Result<NvidiaEdits> plan(const std::vector<ChosenGpu>& chosen) {
    for (const DriverNode& node : TRY(find_nodes(driver_.roots, chosen, wanted_))) add_node(node);
    for (const DriverLibrary& library : driver_.libraries) {
      if (is_wanted(library, wanted_)) add_library(library);
    }
    add_well_known_links();
    for (const DriverFile& file : driver_.files) {
      if (has(wanted_, file.needed_for)) plan_.mounts.push_back({file.path, file.container, file.use});
    }
    // Whoever looks at it finds that devices have been given already.
    plan_.edits.env.emplace_back("NVIDIA_VISIBLE_DEVICES=void");
    plan_.edits.env.push_back(fmt::format("NVIDIA_CTK_LIBCUDA_DIR={}", kLibraryDirectory));
    return std::move(plan_);
  }

 private:
  // Never 'm': making the nodes of other GPUs is nobody's business (CVE-2021-1056).
  void add_node(const DriverNode& node) {
    oci::DeviceNodeEdit edit;
    edit.path = node.path;
    edit.type = "c";
    edit.major = node.major;
    edit.minor = node.minor;
    edit.file_mode = node.mode;
    edit.permissions = "rw";
    edit.uid = node.uid;
    edit.gid = node.gid;
    plan_.edits.device_nodes.push_back(std::move(edit));
    auto& groups = plan_.edits.additional_gids;
    bool open_to_all = (node.mode & kWorldReadWrite) == kWorldReadWrite;
    if (!open_to_all && node.gid != 0 && std::ranges::find(groups, node.gid) == groups.end()) {
      groups.push_back(node.gid);
    }
  }

  void add_library(const DriverLibrary& library) {
    std::string directory = library.is_32bit ? kLibraryDirectory32 : kLibraryDirectory;
    std::string path = fmt::format("{}/{}", directory, library.name);
    plan_.mounts.push_back({library.path(), path, DriverFile::Use::program});
    std::int32_t flags = library.is_32bit ? compat32_cache_flags() : native_cache_flags();
    std::string soname = soname_of(library);
    if (soname != library.name) add_link(directory, soname, library.name);
    plan_.cache.push_back({soname, fmt::format("{}/{}", directory, soname), flags, 0, 0});
    std::string stem = library.name.substr(0, library.name.find(".so") + 3);
    bool host_has_it = driver_.roots.open_file(fmt::format("{}/{}", library.directory, stem), O_PATH).ok();
    if (stem != soname && (host_has_it || is_opened_by_plain_name(stem))) {
      add_link(directory, stem, soname);
      plan_.cache.push_back({stem, fmt::format("{}/{}", directory, stem), flags, 0, 0});
    }
  }

  // Programs link with the first, and libvdpau opens the second.
  static bool is_opened_by_plain_name(const std::string& stem) {
    return stem == "libcuda.so" || stem == "libvdpau_nvidia.so" || stem == "libnvidia-opticalflow.so";
  }

  // A file without a readable SONAME is what its name says up to the first number.
  std::string soname_of(const DriverLibrary& library) const {
    auto file = driver_.roots.open_file(library.path(), O_RDONLY | O_NONBLOCK);
    if (file.ok()) {
      auto elf = read_elf(file.value().get());
      bool usable = elf.ok() && !elf.value().soname.empty() && elf.value().soname.find('/') == std::string::npos;
      if (usable) return elf.value().soname;
    }
    bool of_driver = library.name.ends_with(".so." + driver_.version.text);
    return of_driver ? library.name.substr(0, library.name.find(".so") + 3) + ".1" : library.name;
  }

  void add_link(const std::string& directory, const std::string& name, const std::string& target) {
    std::string path = fmt::format("{}/{}", directory, name);
    if (links_.insert(path).second) plan_.links.push_back({std::move(path), target});
  }

  bool has_library(std::string_view stem) const {
    return std::ranges::any_of(plan_.cache, [&](const CachedLibrary& l) { return l.name.starts_with(stem); });
  }

  void add_well_known_links() {
    if (has_library("libGLX_nvidia.so.")) {
      add_link(kLibraryDirectory, "libGLX_indirect.so.0", "libGLX_nvidia.so.0");
      plan_.cache.push_back({"libGLX_indirect.so.0", fmt::format("{}/libGLX_indirect.so.0", kLibraryDirectory),
                             native_cache_flags(), 0, 0});
    }
    if (has(wanted_, Capability::graphics) && has_library("libnvidia-allocator.so.")) {
      add_link(fmt::format("{}/gbm", kLibraryDirectory), "nvidia-drm_gbm.so", "../libnvidia-allocator.so.1");
      plan_.edits.env.push_back(fmt::format("GBM_BACKENDS_PATH={}/gbm", kLibraryDirectory));
    }
  }

  const NvidiaDriver& driver_;
  Capabilities wanted_;
  std::set<std::string> links_;
  NvidiaEdits plan_;
};

}  // namespace

Result<NvidiaEdits> plan_nvidia_edits(const NvidiaDriver& driver, const std::vector<ChosenGpu>& chosen,
                                      Capabilities wanted) {
  return Planner(driver, wanted).plan(chosen);
}

}  // namespace aictr::hooks
