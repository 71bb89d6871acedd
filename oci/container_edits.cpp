#include "oci/container_edits.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::oci {
namespace {

template <class T>
void extend(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

// Puts `item` where something equal in `key` stands, or at the end.
template <class T, class Key>
void put(std::vector<T>& list, T item, Key key) {
  auto same = std::find_if(list.begin(), list.end(), [&](const T& other) { return key(other) == key(item); });
  if (same != list.end()) {
    *same = std::move(item);
  } else {
    list.push_back(std::move(item));
  }
}

void apply_device(Spec& spec, const DeviceNodeEdit& edit) {
  Device device{edit.type, edit.path, edit.major, edit.minor, edit.file_mode, edit.uid, edit.gid};
  const User& user = spec.process->user;
  if (!device.uid && user.uid > 0) device.uid = user.uid;
  if (!device.gid && user.gid > 0) device.gid = user.gid;
  put(spec.linux_part->devices, std::move(device), [](const Device& d) { return d.path; });
  if (edit.type == "p" || edit.permissions == "none") return;
  DeviceRule rule;
  rule.allow = true;
  rule.type = edit.type == "b" ? "b" : "c";
  rule.major = edit.major;
  rule.minor = edit.minor;
  rule.access = edit.permissions.empty() ? "rwm" : edit.permissions;
  auto& resources = spec.linux_part->resources;
  if (!resources) resources.emplace();
  resources->devices.push_back(std::move(rule));
}

void apply_mount(Spec& spec, const MountEdit& edit) {
  Mount mount;
  mount.destination = edit.container_path;
  mount.type = edit.type;
  mount.source = edit.host_path;
  mount.options = edit.options;
  // Without any word about what it is, it is what nearly all are.
  if (mount.type.empty() && mount.options.empty()) mount.options = {"rbind"};
  put(spec.mounts, std::move(mount), [](const Mount& m) { return m.destination; });
}

std::vector<Hook>* list_of(Hooks& hooks, const std::string& name) {
  if (name == "prestart") return &hooks.prestart;
  if (name == "createRuntime") return &hooks.create_runtime;
  if (name == "createContainer") return &hooks.create_container;
  if (name == "startContainer") return &hooks.start_container;
  if (name == "poststart") return &hooks.poststart;
  if (name == "poststop") return &hooks.poststop;
  return nullptr;
}

void apply_hook(Spec& spec, const HookEdit& edit) {
  if (!spec.hooks) spec.hooks.emplace();
  // The parser has refused all other names.
  if (auto* list = list_of(*spec.hooks, edit.name)) list->push_back(edit.hook);
}

std::size_t depth(const Mount& mount) {
  std::size_t parts = 0;
  const std::string& path = mount.destination;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '/' && (i == 0 || path[i - 1] == '/')) ++parts;
  }
  return parts;
}

}  // namespace

bool ContainerEdits::empty() const {
  return env.empty() && device_nodes.empty() && mounts.empty() && hooks.empty() && !intel_rdt &&
         additional_gids.empty() && net_devices.empty();
}

void ContainerEdits::append(const ContainerEdits& other) {
  extend(env, other.env);
  extend(device_nodes, other.device_nodes);
  extend(mounts, other.mounts);
  extend(hooks, other.hooks);
  if (other.intel_rdt) intel_rdt = other.intel_rdt;
  extend(additional_gids, other.additional_gids);
  extend(net_devices, other.net_devices);
}

Result<void> fill_in_devices(ContainerEdits& edits, const FindNode& find) {
  for (DeviceNodeEdit& edit : edits.device_nodes) {
    bool numbered = edit.major != 0 || edit.type == "p";
    if (!edit.type.empty() && numbered) continue;
    const std::string& host = edit.host_path.empty() ? edit.path : edit.host_path;
    HostNode node = TRY(find(host));
    if (node.type.empty()) return make_error(Kind::corrupt, fmt::format("'{}' is not a device node", host));
    // "u" is another word for "c".
    bool same = edit.type.empty() || edit.type == node.type || (edit.type == "u" && node.type == "c");
    if (!same) {
      return make_error(Kind::corrupt, fmt::format("'{}' is a device of type {}, not {}", host, node.type, edit.type));
    }
    edit.type = node.type;
    if (edit.major == 0 && node.type != "p") {
      edit.major = node.major;
      edit.minor = node.minor;
    }
  }
  return {};
}

void apply_edits(Spec& spec, const ContainerEdits& edits) {
  auto& gids = spec.process->user.additional_gids;
  for (const std::string& variable : edits.env) {
    put(spec.process->env, variable, [](const std::string& v) { return v.substr(0, v.find('=')); });
  }
  for (const DeviceNodeEdit& edit : edits.device_nodes) apply_device(spec, edit);
  for (const NetDeviceEdit& edit : edits.net_devices) {
    spec.linux_part->net_devices[edit.host_interface_name] = {edit.name};
  }
  for (const MountEdit& edit : edits.mounts) apply_mount(spec, edit);
  if (!edits.mounts.empty()) {
    std::stable_sort(spec.mounts.begin(), spec.mounts.end(),
                     [](const Mount& a, const Mount& b) { return depth(a) < depth(b); });
  }
  for (const HookEdit& edit : edits.hooks) apply_hook(spec, edit);
  if (edits.intel_rdt) spec.linux_part->intel_rdt = edits.intel_rdt;
  for (gid_t gid : edits.additional_gids) {
    if (gid != 0 && std::find(gids.begin(), gids.end(), gid) == gids.end()) gids.push_back(gid);
  }
}

}  // namespace aictr::oci
