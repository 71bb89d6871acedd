#include "hooks/nvidia_files.h"

#include <fcntl.h>
#include <sys/utsname.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

struct Program {
  const char* name;
  Capability capability;
};

constexpr std::array kPrograms = {
    Program{"nvidia-smi", Capability::utility},
    Program{"nvidia-debugdump", Capability::utility},
    Program{"nvidia-persistenced", Capability::utility},
    Program{"nv-fabricmanager", Capability::utility},
    Program{"nvidia-cuda-mps-control", Capability::compute},
    Program{"nvidia-cuda-mps-server", Capability::compute},
};
constexpr std::array kProgramFolders = {"/usr/bin", "/usr/sbin", "/usr/local/nvidia/bin", "/opt/nvidia/bin", "/bin"};

struct Settings {
  const char* name;
  const char* container;  // folder
  Capability capability;
};

constexpr std::array kSettings = {
    Settings{"glvnd/egl_vendor.d/10_nvidia.json", "/usr/share", Capability::graphics},
    Settings{"egl/egl_external_platform.d/15_nvidia_gbm.json", "/usr/share", Capability::graphics},
    Settings{"egl/egl_external_platform.d/10_nvidia_wayland.json", "/usr/share", Capability::graphics},
    Settings{"egl/egl_external_platform.d/09_nvidia_wayland2.json", "/usr/share", Capability::graphics},
    Settings{"egl/egl_external_platform.d/20_nvidia_xcb.json", "/usr/share", Capability::graphics},
    Settings{"egl/egl_external_platform.d/20_nvidia_xlib.json", "/usr/share", Capability::graphics},
    Settings{"nvidia/nvoptix.bin", "/usr/share", Capability::graphics},
    Settings{"vulkan/icd.d/nvidia_icd.json", "/etc", Capability::graphics},
    Settings{"vulkan/icd.d/nvidia_icd.x86_64.json", "/etc", Capability::graphics},
    Settings{"vulkan/icd.d/nvidia_icd.aarch64.json", "/etc", Capability::graphics},
    Settings{"vulkan/icd.d/nvidia_layers.json", "/etc", Capability::graphics},
    Settings{"vulkan/implicit_layer.d/nvidia_layers.json", "/etc", Capability::graphics},
    Settings{"OpenCL/vendors/nvidia.icd", "/etc", Capability::compute},
};
constexpr std::array kSettingsFolders = {
    "/etc", "/usr/local/share", "/usr/share", "/usr/local/nvidia/share", "/opt/nvidia/share", ""};

constexpr std::array kSockets = {"/run/nvidia-persistenced/socket", "/run/nvidia-fabricmanager/socket"};

template <class Folders>
void take_first(const HostRoots& roots, const Folders& folders, const std::string& name, const std::string& container,
                DriverFile::Use use, Capability capability, std::vector<DriverFile>& files) {
  for (const char* folder : folders) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (!roots.open_file(path, O_PATH).ok()) continue;
    files.push_back({path, container, use, capability});
    return;
  }
}

std::vector<std::string> firmware_folders(const HostRoots& roots) {
  std::vector<std::string> folders;
  auto given = read_file(roots.sys.get(), "module/firmware_class/parameters/path", 4096);
  if (given.ok()) folders.emplace_back(trim(given.value()));
  utsname name{};
  std::string release = ::uname(&name) == 0 ? name.release : "";
  for (std::string folder : {"/lib/firmware/updates/" + release, std::string("/lib/firmware/updates"),
                             "/lib/firmware/" + release, std::string("/lib/firmware")}) {
    folders.push_back(std::move(folder));
  }
  std::erase(folders, "");
  return folders;
}

void find_firmware(const HostRoots& roots, const DottedVersion& version, std::vector<DriverFile>& files) {
  for (const std::string& folder : firmware_folders(roots)) {
    std::string path = fmt::format("{}/nvidia/{}", folder, version.text);
    auto directory = roots.open_file(path, O_RDONLY | O_DIRECTORY);
    if (!directory.ok()) continue;
    for (const std::string& name : list_directory(directory.value().get()).value_or({})) {
      if (!name.starts_with("gsp") || !name.ends_with(".bin")) continue;
      files.push_back({fmt::format("{}/{}", path, name), fmt::format("/lib/firmware/nvidia/{}/{}", version.text, name),
                       DriverFile::Use::firmware, Capability::compute});
    }
    return;
  }
}

}  // namespace

std::vector<DriverFile> find_driver_files(const HostRoots& roots, const DottedVersion& version) {
  std::vector<DriverFile> files;
  for (const Program& program : kPrograms) {
    take_first(roots, kProgramFolders, program.name, fmt::format("/usr/bin/{}", program.name), DriverFile::Use::program,
               program.capability, files);
  }
  for (const Settings& settings : kSettings) {
    take_first(roots, kSettingsFolders, settings.name, fmt::format("{}/{}", settings.container, settings.name),
               DriverFile::Use::settings, settings.capability, files);
  }
  find_firmware(roots, version, files);
  for (const char* socket : kSockets) {
    if (!roots.open_file(socket, O_PATH).ok()) continue;
    files.push_back({socket, socket, DriverFile::Use::socket, Capability::utility});
  }
  return files;
}

}  // namespace aictr::hooks
