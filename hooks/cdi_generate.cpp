#include "hooks/cdi_generate.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "hooks/nvidia_edits.h"

namespace aictr::hooks {
namespace {

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

oci::MountEdit mount_of(const std::string& source, const std::string& destination) {
  return {source, destination, "", {"ro", "nosuid", "nodev", "rbind", "rprivate"}};
}

// Files as they are, and a link as one more mount of what it leads to: nobody is there to make links.
std::vector<oci::MountEdit> mounts_of(const NvidiaDriver& driver, const NvidiaEdits& plan) {
  std::vector<oci::MountEdit> mounts;
  std::map<std::string, std::string> sources;  // by place in the container
  for (const DriverMount& mount : plan.mounts) {
    std::string source = driver.roots.driver_path + mount.source;
    sources[mount.destination] = source;
    mounts.push_back(mount_of(source, mount.destination));
  }
  // A link may lead to a link that comes later.
  std::vector<DriverLink> open = plan.links;
  for (bool progress = true; progress;) {
    progress = false;
    std::erase_if(open, [&](const DriverLink& link) {
      std::string target = link.target.starts_with('/') ? link.target : directory_of(link.path) + "/" + link.target;
      auto source = sources.find(target);
      if (source == sources.end()) return false;
      if (sources.emplace(link.path, source->second).second) mounts.push_back(mount_of(source->second, link.path));
      progress = true;
      return true;
    });
  }
  return mounts;
}

bool same_node(const oci::DeviceNodeEdit& a, const oci::DeviceNodeEdit& b) {
  return a.path == b.path;
}

// The nodes of a device beyond those that every container gets.
oci::ContainerEdits of_device(const oci::ContainerEdits& all, const oci::ContainerEdits& common) {
  oci::ContainerEdits edits;
  for (const oci::DeviceNodeEdit& node : all.device_nodes) {
    bool known = std::ranges::any_of(common.device_nodes, [&](const auto& other) { return same_node(node, other); });
    if (!known) edits.device_nodes.push_back(node);
  }
  for (gid_t gid : all.additional_gids) {
    if (std::ranges::find(common.additional_gids, gid) == common.additional_gids.end())
      edits.additional_gids.push_back(gid);
  }
  return edits;
}

class Generator {
 public:
  explicit Generator(const NvidiaDriver& driver) : driver_(driver) {}

  Result<oci::CdiSpec> generate() {
    NvidiaEdits common = TRY(plan_nvidia_edits(driver_, {}, kAllCapabilities));
    spec_.kind = "nvidia.com/gpu";
    spec_.edits.device_nodes = common.edits.device_nodes;
    spec_.edits.additional_gids = common.edits.additional_gids;
    // No other program is to add GPUs once more.
    spec_.edits.env = {"NVIDIA_VISIBLE_DEVICES=void", fmt::format("LD_LIBRARY_PATH={}", kLibraryDirectory)};
    spec_.edits.mounts = mounts_of(driver_, common);
    std::vector<ChosenGpu> all;
    for (const Gpu& gpu : driver_.gpus) {
      TRY(add_gpu(gpu));
      all.push_back({gpu, gpu.mig});
    }
    TRY(add("all", all));
    spec_.version = oci::minimum_cdi_version(spec_);
    return std::move(spec_);
  }

 private:
  Result<void> add_gpu(const Gpu& gpu) {
    for (std::size_t i = 0; i < gpu.mig.size(); ++i) {
      TRY(add(fmt::format("{}:{}", gpu.index, i), {{gpu, {gpu.mig[i]}}}));
      if (!gpu.mig[i].uuid.empty()) TRY(add(gpu.mig[i].uuid, {{gpu, {gpu.mig[i]}}}));
    }
    if (!gpu.mig.empty()) return {};  // split: nobody may use it as a whole
    TRY(add(std::to_string(gpu.index), {{gpu, {}}}));
    return gpu.uuid.empty() ? Result<void>() : add(gpu.uuid, {{gpu, {}}});
  }

  Result<void> add(const std::string& name, const std::vector<ChosenGpu>& chosen) {
    NvidiaEdits plan = TRY(plan_nvidia_edits(driver_, chosen, kAllCapabilities));
    oci::CdiDevice device;
    device.name = name;
    device.edits = of_device(plan.edits, spec_.edits);
    if (!device.edits.empty()) spec_.devices.push_back(std::move(device));
    return {};
  }

  const NvidiaDriver& driver_;
  oci::CdiSpec spec_;
};

}  // namespace

Result<oci::CdiSpec> generate_nvidia_spec(const NvidiaDriver& driver) {
  return Generator(driver).generate();
}

}  // namespace aictr::hooks
