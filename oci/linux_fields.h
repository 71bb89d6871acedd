#pragma once

// The members of linux_spec.h's and seccomp_spec.h's structs, for codec.h. Included by .cpp files of oci/ only.

#include "oci/codec.h"
#include "oci/linux_spec.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<IdMapping> auto& mapping) {
  codec("containerID", mapping.container_id, required);
  codec("hostID", mapping.host_id, required);
  codec("size", mapping.size, required);
}

template <class Codec>
void fields(Codec& codec, Is<Namespace> auto& ns) {
  codec("type", ns.type, required);
  codec("path", ns.path);
}

template <class Codec>
void fields(Codec& codec, Is<Device> auto& device) {
  codec("type", device.type, required);
  codec("path", device.path, required);
  codec("major", device.major);
  codec("minor", device.minor);
  codec("fileMode", device.file_mode);
  codec("uid", device.uid);
  codec("gid", device.gid);
}

template <class Codec>
void fields(Codec& codec, Is<DeviceRule> auto& rule) {
  codec("allow", rule.allow, required);
  codec("type", rule.type);
  codec("major", rule.major);
  codec("minor", rule.minor);
  codec("access", rule.access);
}

template <class Codec>
void fields(Codec& codec, Is<MemoryLimits> auto& memory) {
  codec("limit", memory.limit);
  codec("reservation", memory.reservation);
  codec("swap", memory.swap);
  codec("kernel", memory.kernel);
  codec("kernelTCP", memory.kernel_tcp);
  codec("swappiness", memory.swappiness);
  codec("disableOOMKiller", memory.disable_oom_killer);
  codec("useHierarchy", memory.use_hierarchy);
  codec("checkBeforeUpdate", memory.check_before_update);
}

template <class Codec>
void fields(Codec& codec, Is<CpuLimits> auto& cpu) {
  codec("shares", cpu.shares);
  codec("quota", cpu.quota);
  codec("burst", cpu.burst);
  codec("period", cpu.period);
  codec("realtimeRuntime", cpu.realtime_runtime);
  codec("realtimePeriod", cpu.realtime_period);
  codec("cpus", cpu.cpus);
  codec("mems", cpu.mems);
  codec("idle", cpu.idle);
}

template <class Codec>
void fields(Codec& codec, Is<WeightDevice> auto& device) {
  codec("major", device.major, required);
  codec("minor", device.minor, required);
  codec("weight", device.weight);
  codec("leafWeight", device.leaf_weight);
}

template <class Codec>
void fields(Codec& codec, Is<ThrottleDevice> auto& device) {
  codec("major", device.major, required);
  codec("minor", device.minor, required);
  codec("rate", device.rate, required);
}

template <class Codec>
void fields(Codec& codec, Is<BlockIoLimits> auto& io) {
  codec("weight", io.weight);
  codec("leafWeight", io.leaf_weight);
  codec("weightDevice", io.weight_device);
  codec("throttleReadBpsDevice", io.throttle_read_bps_device);
  codec("throttleWriteBpsDevice", io.throttle_write_bps_device);
  codec("throttleReadIOPSDevice", io.throttle_read_iops_device);
  codec("throttleWriteIOPSDevice", io.throttle_write_iops_device);
}

template <class Codec>
void fields(Codec& codec, Is<HugepageLimit> auto& limit) {
  codec("pageSize", limit.page_size, required);
  codec("limit", limit.limit, required);
}

template <class Codec>
void fields(Codec& codec, Is<InterfacePriority> auto& priority) {
  codec("name", priority.name, required);
  codec("priority", priority.priority, required);
}

template <class Codec>
void fields(Codec& codec, Is<NetworkLimits> auto& network) {
  codec("classID", network.class_id);
  codec("priorities", network.priorities);
}

template <class Codec>
void fields(Codec& codec, Is<PidsLimit> auto& pids) {
  codec("limit", pids.limit);
}

template <class Codec>
void fields(Codec& codec, Is<RdmaLimit> auto& rdma) {
  codec("hcaHandles", rdma.hca_handles);
  codec("hcaObjects", rdma.hca_objects);
}

template <class Codec>
void fields(Codec& codec, Is<Resources> auto& resources) {
  codec("devices", resources.devices);
  codec("memory", resources.memory);
  codec("cpu", resources.cpu);
  codec("pids", resources.pids);
  codec("blockIO", resources.block_io);
  codec("hugepageLimits", resources.hugepage_limits);
  codec("network", resources.network);
  codec("rdma", resources.rdma);
  codec("unified", resources.unified);
}

template <class Codec>
void fields(Codec& codec, Is<TimeOffset> auto& offset) {
  codec("secs", offset.secs);
  codec("nanosecs", offset.nanosecs);
}

template <class Codec>
void fields(Codec& codec, Is<IntelRdt> auto& rdt) {
  codec("closID", rdt.clos_id);
  codec("schemata", rdt.schemata);
  codec("l3CacheSchema", rdt.l3_cache_schema);
  codec("memBwSchema", rdt.mem_bw_schema);
  codec("enableMonitoring", rdt.enable_monitoring);
}

template <class Codec>
void fields(Codec& codec, Is<Personality> auto& personality) {
  codec("domain", personality.domain, required);
  codec("flags", personality.flags);
}

template <class Codec>
void fields(Codec& codec, Is<MemoryPolicy> auto& policy) {
  codec("mode", policy.mode);
  codec("nodes", policy.nodes);
  codec("flags", policy.flags);
}

template <class Codec>
void fields(Codec& codec, Is<NetDevice> auto& device) {
  codec("name", device.name);
}

template <class Codec>
void fields(Codec& codec, Is<SeccompArg> auto& arg) {
  codec("index", arg.index, required);
  codec("value", arg.value, required);
  codec("valueTwo", arg.value_two);
  codec("op", arg.op, required);
}

template <class Codec>
void fields(Codec& codec, Is<SeccompRule> auto& rule) {
  codec("names", rule.names, required);
  codec("action", rule.action, required);
  codec("errnoRet", rule.errno_ret);
  codec("args", rule.args);
}

template <class Codec>
void fields(Codec& codec, Is<Seccomp> auto& seccomp) {
  codec("defaultAction", seccomp.default_action, required);
  codec("defaultErrnoRet", seccomp.default_errno_ret);
  codec("architectures", seccomp.architectures);
  codec("flags", seccomp.flags);
  codec("listenerPath", seccomp.listener_path);
  codec("listenerMetadata", seccomp.listener_metadata);
  codec("syscalls", seccomp.syscalls);
}

template <class Codec>
void fields(Codec& codec, Is<Linux> auto& part) {
  codec("namespaces", part.namespaces);
  codec("uidMappings", part.uid_mappings);
  codec("gidMappings", part.gid_mappings);
  codec("timeOffsets", part.time_offsets);
  codec("devices", part.devices);
  codec("netDevices", part.net_devices);
  codec("cgroupsPath", part.cgroups_path);
  codec("resources", part.resources);
  codec("intelRdt", part.intel_rdt);
  codec("memoryPolicy", part.memory_policy);
  codec("sysctl", part.sysctl);
  codec("seccomp", part.seccomp);
  codec("rootfsPropagation", part.rootfs_propagation);
  codec("maskedPaths", part.masked_paths);
  codec("readonlyPaths", part.readonly_paths);
  codec("mountLabel", part.mount_label);
  codec("personality", part.personality);
}

}  // namespace aictr::oci
