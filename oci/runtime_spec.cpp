#include "oci/runtime_spec.h"

#include "oci/codec.h"
#include "oci/hook_fields.h"
#include "oci/linux_fields.h"
#include "oci/process_fields.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<Root> auto& root) {
  codec("path", root.path, required);
  codec("readonly", root.readonly);
}

template <class Codec>
void fields(Codec& codec, Is<Mount> auto& mount) {
  codec("destination", mount.destination, required);
  codec("type", mount.type);
  codec("source", mount.source);
  codec("options", mount.options);
  codec("uidMappings", mount.uid_mappings);
  codec("gidMappings", mount.gid_mappings);
}

template <class Codec>
void fields(Codec& codec, Is<Spec> auto& spec) {
  codec("ociVersion", spec.oci_version, required);
  codec("process", spec.process);
  codec("root", spec.root);
  codec("hostname", spec.hostname);
  codec("domainname", spec.domainname);
  codec("mounts", spec.mounts);
  codec("hooks", spec.hooks);
  codec("annotations", spec.annotations);
  codec("linux", spec.linux_part);
}

Result<Spec> parse_spec(std::string_view json) {
  Json document = TRY_AS("config.json", parse_json(json));
  return Decoder::decode<Spec>(document, "config.json");
}

std::string print_spec(const Spec& spec) {
  return print_json(Encoder::encode(spec), 2);
}

Result<Process> parse_process(std::string_view json) {
  Json document = TRY_AS("process", parse_json(json));
  return Decoder::decode<Process>(document, "process");
}

Result<Resources> parse_resources(std::string_view json) {
  Json document = TRY_AS("resources", parse_json(json));
  return Decoder::decode<Resources>(document, "resources");
}

}  // namespace aictr::oci
