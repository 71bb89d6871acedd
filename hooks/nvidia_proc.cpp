#include "hooks/nvidia_proc.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMost = 1U << 20;

class Copier {
 public:
  Copier(int from, int to) : from_(from), to_(to) {}

  // What the host does not have is not there in the container either.
  Result<void> copy(const std::string& path) {
    auto text = read_file(from_, path, kMost);
    return text.ok() ? write(path, text.value()) : Result<void>();
  }

  Result<void> write(const std::string& path, std::string_view text) {
    std::size_t slash = path.rfind('/');
    if (slash != std::string::npos) TRY(make_directories(to_, path.substr(0, slash), 0555));
    UniqueFd file = TRY(sys::open(to_, path, O_WRONLY | O_CREAT | O_EXCL, 0444));
    TRY(sys::write_all(file.get(), text));
    return sys::chmod(file.get(), 0444);
  }

 private:
  int from_;
  int to_;
};

// The directory's name is the address as the driver writes it, in lower case or not.
std::string directory_of(int gpus, const std::string& pci) {
  for (const std::string& name : list_directory(gpus).value_or({})) {
    if (lower(name) == pci) return name;
  }
  return pci;
}

}  // namespace

std::string without_device_making(std::string_view params) {
  std::vector<std::string> lines = split(params, '\n');
  for (std::string& line : lines) {
    if (line.starts_with("ModifyDeviceFiles:")) line = "ModifyDeviceFiles: 0";
  }
  return join(lines, "\n");
}

Result<void> make_proc_driver(const HostRoots& roots, const std::vector<ChosenGpu>& chosen,
                              const std::string& directory) {
  TRY(make_directories(AT_FDCWD, directory, 0555));
  UniqueFd to = TRY(open_directory(AT_FDCWD, directory));
  UniqueFd from = TRY(open_directory(roots.proc.get(), "driver"));
  Copier copier(from.get(), to.get());
  for (const char* name : {"nvidia/version", "nvidia/registry", "nvidia-caps/mig-minors", "nvidia-caps/sys-minors"}) {
    TRY(copier.copy(name));
  }
  auto params = read_file(from.get(), "nvidia/params", kMost);
  if (params.ok()) TRY(copier.write("nvidia/params", without_device_making(params.value())));
  TRY(make_directories(to.get(), "nvidia/gpus", 0555));
  auto gpus = open_directory(from.get(), "nvidia/gpus");
  for (const ChosenGpu& choice : chosen) {
    if (!gpus.ok()) break;
    std::string gpu = fmt::format("nvidia/gpus/{}", directory_of(gpus.value().get(), choice.gpu.pci));
    TRY(copier.copy(gpu + "/information"));
    TRY(copier.copy(gpu + "/registry"));
    for (const MigInstance& mig : choice.instances) {
      std::string instance = fmt::format("nvidia/capabilities/gpu{}/mig/gi{}", choice.gpu.minor, mig.gpu_instance);
      auto shown = sys::exists(to.get(), instance + "/access");
      if (!shown) TRY(copier.copy(instance + "/access"));
      TRY(copier.copy(fmt::format("{}/ci{}/access", instance, mig.compute_instance)));
    }
  }
  return {};
}

}  // namespace aictr::hooks
