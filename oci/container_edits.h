#pragma once

// What giving a container a device changes in its spec: the containerEdits of the Container Device Interface 1.1
// (github.com/cncf-tags/container-device-interface, SPEC.md), which edits of our own are made of too.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::oci {

struct DeviceNodeEdit {
  std::string path;        // in the container
  std::string host_path;   // empty: the same
  std::string type;        // b c u p; empty: that of the host's node
  std::int64_t major = 0;  // 0: that of the host's node
  std::int64_t minor = 0;
  std::optional<mode_t> file_mode;
  std::string permissions;  // of r w m; empty: all; "none": the node is there, but the device filter refuses it
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
};

struct MountEdit {
  std::string host_path;
  std::string container_path;
  std::string type;
  std::vector<std::string> options;
};

struct HookEdit {
  std::string name;  // "createContainer"
  Hook hook;
};

struct NetDeviceEdit {
  std::string host_interface_name;
  std::string name;  // in the container
};

struct ContainerEdits {
  std::vector<std::string> env;
  std::vector<DeviceNodeEdit> device_nodes;
  std::vector<MountEdit> mounts;
  std::vector<HookEdit> hooks;
  std::optional<IntelRdt> intel_rdt;
  std::vector<gid_t> additional_gids;
  std::vector<NetDeviceEdit> net_devices;

  bool empty() const;
  // Appends what the other edits add; the last intel_rdt counts.
  void append(const ContainerEdits& other);
};

// A node of the host as lstat(2) sees it.
struct HostNode {
  std::string type;  // b c u p; empty when it is no device node
  std::int64_t major = 0;
  std::int64_t minor = 0;
};
using FindNode = std::function<Result<HostNode>(const std::string& host_path)>;

// Completes device nodes of which type or numbers are missing. Kind::corrupt when the host's node is of another type
// than the edit says, or no device node at all; what `find` fails with is passed on. Both name the path.
Result<void> fill_in_devices(ContainerEdits& edits, const FindNode& find);

// Applies edits, filled in, to a spec with a process and a linux part. A variable, a node of the same path, a mount of
// the same destination and an interface of the same name are replaced; hooks and groups (but 0) are appended. With
// mounts among the edits, all mounts are put in the order of their depth, those of the same depth staying as they were.
// A node without an owner belongs to the user of the process.
void apply_edits(Spec& spec, const ContainerEdits& edits);

}  // namespace aictr::oci
