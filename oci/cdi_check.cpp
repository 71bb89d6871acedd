#include "oci/cdi_check.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/core.h>

#include "oci/cdi_name.h"

namespace aictr::oci {
namespace {

constexpr std::array<std::string_view, 10> kVersions = {"0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0",
                                                        "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"};
constexpr std::size_t kMaxAnnotationBytes = 256U << 10;  // all of them together

std::size_t rank(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  return static_cast<std::size_t>(std::find(kVersions.begin(), kVersions.end(), version) - kVersions.begin());
}

// Collects the first problem; `at` is the JSON pointer of what is being checked.
class Check {
 public:
  Problem take() { return std::move(problem_); }

  void require(bool holds, const std::string& at, std::string reason) {
    if (!holds && problem_.reason.empty()) problem_ = {at, std::move(reason)};
  }

  void annotations(const std::map<std::string, std::string>& all, const std::string& at) {
    std::size_t bytes = 0;
    for (const auto& [key, value] : all) {
      bytes += key.size() + value.size();
      require(is_annotation_key(key), at + pointer_token(key), "is not a valid name of an annotation");
    }
    require(bytes <= kMaxAnnotationBytes, at, "is longer than 256 KiB");
  }

  void edits(const ContainerEdits& edits, const std::string& at) {
    environment(edits.env, at + "/env");
    for (std::size_t i = 0; i < edits.device_nodes.size(); ++i) {
      node(edits.device_nodes[i], fmt::format("{}/deviceNodes/{}", at, i));
    }
    for (std::size_t i = 0; i < edits.mounts.size(); ++i) {
      std::string here = fmt::format("{}/mounts/{}", at, i);
      path(edits.mounts[i].host_path, here + "/hostPath");
      path(edits.mounts[i].container_path, here + "/containerPath");
    }
    for (std::size_t i = 0; i < edits.hooks.size(); ++i) hook(edits.hooks[i], fmt::format("{}/hooks/{}", at, i));
    if (edits.intel_rdt) clos_id(edits.intel_rdt->clos_id, at + "/intelRdt/closID");
    net_devices(edits.net_devices, at + "/netDevices");
  }

 private:
  // A qualified name as Kubernetes has it: [DNS name/]name.
  static bool is_annotation_key(std::string_view key) {
    auto is_part = [](std::string_view text, std::size_t longest, std::string_view between) {
      auto is_edge = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
      return !text.empty() && text.size() <= longest && is_edge(text.front()) && is_edge(text.back()) &&
             std::all_of(text.begin(), text.end(),
                         [&](char c) { return is_edge(c) || between.find(c) != std::string_view::npos; });
    };
    auto slash = key.find('/');
    if (slash == std::string_view::npos) return is_part(key, 63, "-_.");
    return is_part(key.substr(0, slash), 253, "-.") && is_part(key.substr(slash + 1), 63, "-_.");
  }

  void environment(const std::vector<std::string>& env, const std::string& at) {
    for (std::size_t i = 0; i < env.size(); ++i) {
      auto equals = env[i].find('=');
      require(equals != std::string::npos && equals > 0, fmt::format("{}/{}", at, i), "is not NAME=VALUE");
    }
  }

  void path(const std::string& path, const std::string& at) {
    require(!path.empty(), at, "is empty");
    require(path.find('\0') == std::string::npos, at, "has a zero byte");
  }

  void node(const DeviceNodeEdit& node, const std::string& at) {
    path(node.path, at + "/path");
    bool known = node.type.empty() || (node.type.size() == 1 && std::string_view("bcup").find(node.type[0]) < 4);
    require(known, at + "/type", fmt::format("'{}' is none of b, c, u, p", node.type));
    require(node.major >= 0, at + "/major", "is negative");
    require(node.minor >= 0, at + "/minor", "is negative");
    bool access = node.permissions == "none" || node.permissions.find_first_not_of("rwm") == std::string::npos;
    require(access, at + "/permissions", fmt::format("'{}' is neither of r, w, m nor none", node.permissions));
  }

  void hook(const HookEdit& edit, const std::string& at) {
    static const std::set<std::string> names = {"prestart",       "createRuntime", "createContainer",
                                                "startContainer", "poststart",     "poststop"};
    require(names.contains(edit.name), at + "/hookName", fmt::format("'{}' is no hook", edit.name));
    path(edit.hook.path, at + "/path");
    environment(edit.hook.env, at + "/env");
  }

  void clos_id(const std::string& id, const std::string& at) {
    bool valid = id.size() < 4096 && id != "." && id != ".." && id.find_first_of("/\n") == std::string::npos;
    require(valid, at, "is not the name of a directory");
  }

  void net_devices(const std::vector<NetDeviceEdit>& devices, const std::string& at) {
    std::set<std::string> on_host;
    std::set<std::string> inside;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      std::string here = fmt::format("{}/{}", at, i);
      path(devices[i].host_interface_name, here + "/hostInterfaceName");
      path(devices[i].name, here + "/name");
      require(on_host.insert(devices[i].host_interface_name).second, here + "/hostInterfaceName", "is there twice");
      require(inside.insert(devices[i].name).second, here + "/name", "is there twice");
    }
  }

  Problem problem_;
};

struct Need {
  std::size_t version = 0;
  std::string pointer;
  std::string what;
};

// The youngest thing that the edits use.
void need_of(const ContainerEdits& edits, const std::string& at, Need& need) {
  auto use = [&](bool used, std::string_view version, const std::string& member, std::string_view what) {
    if (used && rank(version) > need.version) need = {rank(version), at + member, std::string(what)};
  };
  for (std::size_t i = 0; i < edits.mounts.size(); ++i) {
    use(!edits.mounts[i].type.empty(), "0.4.0", fmt::format("/mounts/{}/type", i), "the type of a mount");
  }
  for (std::size_t i = 0; i < edits.device_nodes.size(); ++i) {
    use(!edits.device_nodes[i].host_path.empty(), "0.5.0", fmt::format("/deviceNodes/{}/hostPath", i),
        "the hostPath of a device node");
  }
  use(edits.intel_rdt.has_value(), "0.7.0", "/intelRdt", "intelRdt");
  use(!edits.additional_gids.empty(), "0.7.0", "/additionalGids", "additionalGids");
  if (edits.intel_rdt) {
    use(!edits.intel_rdt->schemata.empty(), "1.1.0", "/intelRdt/schemata", "intelRdt.schemata");
    use(edits.intel_rdt->enable_monitoring, "1.1.0", "/intelRdt/enableMonitoring", "intelRdt.enableMonitoring");
  }
  use(!edits.net_devices.empty(), "1.1.0", "/netDevices", "netDevices");
}

Need need_of(const CdiSpec& spec) {
  Need need{rank("0.3.0"), "/cdiVersion", ""};
  auto use = [&](bool used, std::string_view version, const std::string& pointer, std::string_view what) {
    if (used && rank(version) > need.version) need = {rank(version), pointer, std::string(what)};
  };
  need_of(spec.edits, "/containerEdits", need);
  use(!spec.annotations.empty(), "0.6.0", "/annotations", "annotations");
  auto slash = spec.kind.find('/');
  use(slash != std::string::npos && spec.kind.find('.', slash) != std::string::npos, "0.6.0", "/kind",
      "a dot in the class");
  for (std::size_t i = 0; i < spec.devices.size(); ++i) {
    const CdiDevice& device = spec.devices[i];
    std::string at = fmt::format("/devices/{}", i);
    use(!device.name.empty() && std::isdigit(static_cast<unsigned char>(device.name[0])) != 0, "0.5.0", at + "/name",
        "a name that begins with a digit");
    use(!device.annotations.empty(), "0.6.0", at + "/annotations", "annotations");
    need_of(device.edits, at + "/containerEdits", need);
  }
  return need;
}

}  // namespace

Problem check_cdi_spec(const CdiSpec& spec) {
  Check check;
  check.require(rank(spec.version) < kVersions.size(), "/cdiVersion",
                fmt::format("'{}' is none of the versions 0.1.0 to 1.1.0", spec.version));
  std::string kind = problem_of_cdi_kind(spec.kind);
  check.require(kind.empty(), "/kind", "is wrong: " + kind);
  check.annotations(spec.annotations, "/annotations");
  check.edits(spec.edits, "/containerEdits");
  check.require(!spec.devices.empty(), "/devices", "is empty");
  std::set<std::string> names;
  for (std::size_t i = 0; i < spec.devices.size(); ++i) {
    const CdiDevice& device = spec.devices[i];
    std::string at = fmt::format("/devices/{}", i);
    std::string name = problem_of_cdi_device_name(device.name);
    check.require(name.empty(), at + "/name", "is wrong: " + name);
    check.require(names.insert(device.name).second, at + "/name", fmt::format("'{}' is there twice", device.name));
    check.annotations(device.annotations, at + "/annotations");
    check.require(!device.edits.empty(), at + "/containerEdits", "is empty");
    check.edits(device.edits, at + "/containerEdits");
  }
  Need need = need_of(spec);
  check.require(need.version <= rank(spec.version) || need.what.empty(), need.pointer,
                fmt::format("needs cdiVersion {}, and the file says {}", kVersions[need.version], spec.version));
  return check.take();
}

std::string minimum_cdi_version(const CdiSpec& spec) {
  return std::string(kVersions[need_of(spec).version]);
}

}  // namespace aictr::oci
