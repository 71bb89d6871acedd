#include "oci/runtime_record.h"

#include "oci/codec.h"
#include "oci/hook_fields.h"
#include "oci/linux_fields.h"
#include "oci/process_fields.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<RuntimeRecord> auto& record) {
  codec("format", record.format, required);
  codec("ociVersion", record.oci_version, required);
  codec("id", record.id, required);
  codec("bundle", record.bundle, required);
  codec("rootfs", record.rootfs, required);
  codec("created", record.created, required);
  codec("annotations", record.annotations);
  codec("pid", record.pid);
  codec("startTime", record.start_time);
  codec("ownPidNamespace", record.own_pid_namespace);
  codec("sharesMounts", record.shares_mounts);
  codec("cgroupsPath", record.cgroups_path);
  codec("scope", record.scope);
  codec("cgroups", record.cgroups);
  codec("resctrlGroup", record.resctrl_group);
  codec("resctrl", record.resctrl);
  codec("process", record.process);
  codec("personality", record.personality);
  codec("memoryPolicy", record.memory_policy);
  codec("outsideMounts", record.outside_mounts);
  codec("maskedPaths", record.masked_paths);
  codec("network", record.network);
  codec("listenerPath", record.listener_path);
  codec("listenerMetadata", record.listener_metadata);
  codec("seccomp", record.seccomp);
  codec("noNewKeyring", record.no_new_keyring);
  codec("poststart", record.poststart);
  codec("poststop", record.poststop);
}

std::string print_record(const RuntimeRecord& record) {
  return print_json(Encoder::encode(record));
}

Result<RuntimeRecord> parse_record(std::string_view json) {
  Json document = TRY_AS("container state", parse_json(json));
  RuntimeRecord record = TRY(Decoder::decode<RuntimeRecord>(document, "container state"));
  if (record.format != 1) return make_error(Kind::unsupported, "container state of a newer aictr");
  return record;
}

}  // namespace aictr::oci
