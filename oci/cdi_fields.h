#pragma once

// The members of cdi_spec.h's and container_edits.h's structs, for codec.h. Included by .cpp files of oci/ only.

#include "oci/cdi_spec.h"
#include "oci/codec.h"
#include "oci/linux_fields.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<DeviceNodeEdit> auto& node) {
  codec("path", node.path, required);
  codec("hostPath", node.host_path);
  codec("type", node.type);
  codec("major", node.major);
  codec("minor", node.minor);
  codec("fileMode", node.file_mode);
  codec("permissions", node.permissions);
  codec("uid", node.uid);
  codec("gid", node.gid);
}

template <class Codec>
void fields(Codec& codec, Is<MountEdit> auto& mount) {
  codec("hostPath", mount.host_path, required);
  codec("containerPath", mount.container_path, required);
  codec("type", mount.type);
  codec("options", mount.options);
}

template <class Codec>
void fields(Codec& codec, Is<HookEdit> auto& edit) {
  codec("hookName", edit.name, required);
  codec("path", edit.hook.path, required);
  codec("args", edit.hook.args);
  codec("env", edit.hook.env);
  codec("timeout", edit.hook.timeout);
}

template <class Codec>
void fields(Codec& codec, Is<NetDeviceEdit> auto& device) {
  codec("hostInterfaceName", device.host_interface_name, required);
  codec("name", device.name, required);
}

template <class Codec>
void fields(Codec& codec, Is<ContainerEdits> auto& edits) {
  codec("env", edits.env);
  codec("deviceNodes", edits.device_nodes);
  codec("mounts", edits.mounts);
  codec("hooks", edits.hooks);
  codec("intelRdt", edits.intel_rdt);
  codec("additionalGids", edits.additional_gids);
  codec("netDevices", edits.net_devices);
}

template <class Codec>
void fields(Codec& codec, Is<CdiDevice> auto& device) {
  codec("name", device.name, required);
  codec("annotations", device.annotations);
  codec("containerEdits", device.edits, required);
}

template <class Codec>
void fields(Codec& codec, Is<CdiSpec> auto& spec) {
  codec("cdiVersion", spec.version, required);
  codec("kind", spec.kind, required);
  codec("annotations", spec.annotations);
  codec("containerEdits", spec.edits);
  codec("devices", spec.devices, required);
}

}  // namespace aictr::oci
