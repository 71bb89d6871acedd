#include "hooks/nvidia_nodes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <optional>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMost = 1U << 20;
constexpr unsigned kMajor = 195;  // of the GPUs, the control node and modeset: Documentation/admin-guide/devices.txt
constexpr unsigned kControlMinor = 255;
constexpr unsigned kModesetMinor = 254;

class Finder {
 public:
  explicit Finder(const HostRoots& roots) : roots_(roots) {
    majors_ = parse_character_majors(read_file(roots.proc.get(), "devices", kMost).value_or(""));
  }

  // A node of the host, unless something else has its name; nothing when there is none.
  std::optional<DriverNode> existing(const std::string& name) const {
    auto st = sys::stat(roots_.dev.get(), name);
    if (!st.ok() || !S_ISCHR(st.value().st_mode)) return std::nullopt;
    const struct stat& s = st.value();
    return DriverNode{"/dev/" + name, major(s.st_rdev), minor(s.st_rdev), s.st_mode & 07777, s.st_uid, s.st_gid};
  }

  // The host's node when it is the right one, else what it would be.
  void add(const std::string& name, unsigned major, unsigned minor) {
    auto node = existing(name);
    bool right = node && node->major == major && node->minor == minor;
    add(right ? *node : DriverNode{"/dev/" + name, major, minor, 0666, 0, 0});
  }

  void add(DriverNode node) {
    if (paths_.insert(node.path).second) nodes_.push_back(std::move(node));
  }

  Result<void> add_memory_nodes() {
    auto found = majors_.find("nvidia-uvm");
    auto node = existing("nvidia-uvm");
    if (found == majors_.end() && !node) {
      return make_error(Kind::not_found, "the kernel module nvidia-uvm is not loaded, and CUDA needs it",
                        "run `nvidia-modprobe -u -c 0` or `modprobe nvidia-uvm`");
    }
    unsigned major = found != majors_.end() ? found->second : node->major;
    add("nvidia-uvm", major, 0);
    add("nvidia-uvm-tools", major, 1);
    return {};
  }

  Result<void> add_mig_nodes(const MigInstance& instance) {
    auto found = majors_.find("nvidia-caps");
    if (found == majors_.end()) {
      return make_error(Kind::not_found, "/proc/devices has no nvidia-caps, which MIG instances need",
                        "load the driver's module anew: `nvidia-modprobe`");
    }
    for (unsigned minor : {instance.gpu_minor, instance.compute_minor}) {
      add(fmt::format("nvidia-caps/nvidia-cap{}", minor), found->second, minor);
    }
    return {};
  }

  // /dev/dri/cardN and renderDN, by the GPU's place on the PCI bus.
  void add_display_nodes(const Gpu& gpu) {
    auto directory = open_directory(roots_.sys.get(), fmt::format("bus/pci/devices/{}/drm", gpu.pci));
    if (!directory.ok()) return;
    for (const std::string& name : list_directory(directory.value().get()).value_or({})) {
      if (!name.starts_with("card") && !name.starts_with("renderD")) continue;
      if (auto node = existing("dri/" + name)) add(std::move(*node));
    }
  }

  std::vector<DriverNode> take() { return std::move(nodes_); }

 private:
  const HostRoots& roots_;
  std::map<std::string, unsigned, std::less<>> majors_;
  std::set<std::string> paths_;
  std::vector<DriverNode> nodes_;
};

}  // namespace

std::map<std::string, unsigned, std::less<>> parse_character_majors(std::string_view text) {
  std::map<std::string, unsigned, std::less<>> majors;
  bool characters = false;
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with("Character devices")) characters = true;
    if (line.starts_with("Block devices")) characters = false;
    auto parts = words(line);
    if (!characters || parts.size() != 2) continue;
    if (auto number = parse_number<unsigned>(parts[0])) majors.try_emplace(parts[1], *number);
  }
  return majors;
}

Result<std::vector<DriverNode>> find_nodes(const HostRoots& roots, const std::vector<ChosenGpu>& chosen,
                                           Capabilities wanted) {
  Finder finder(roots);
  finder.add("nvidiactl", kMajor, kControlMinor);
  bool computes = has(wanted, Capability::compute) || has(wanted, Capability::video) || has(wanted, Capability::ngx);
  bool draws = has(wanted, Capability::graphics) || has(wanted, Capability::display);
  if (computes) TRY(finder.add_memory_nodes());
  if (draws && finder.existing("nvidia-modeset")) finder.add("nvidia-modeset", kMajor, kModesetMinor);
  for (const ChosenGpu& choice : chosen) {
    finder.add(fmt::format("nvidia{}", choice.gpu.minor), kMajor, choice.gpu.minor);
    for (const MigInstance& instance : choice.instances) TRY(finder.add_mig_nodes(instance));
    if (draws && choice.instances.empty()) finder.add_display_nodes(choice.gpu);
  }
  return finder.take();
}

}  // namespace aictr::hooks
