#include "oci/image_spec.h"

#include "oci/codec.h"

namespace aictr::oci {
namespace {

// A set is written as an object of empty objects: {"8080/tcp": {}}.
struct Empty {};

template <class Codec>
void fields(Codec&, Is<Empty> auto&) {}

using Set = std::map<std::string, Empty>;

Set to_set(const std::vector<std::string>& names) {
  Set set;
  for (const std::string& name : names) set[name];
  return set;
}

std::vector<std::string> to_names(const Set& set) {
  std::vector<std::string> names;
  for (const auto& [name, empty] : set) names.push_back(name);
  return names;
}

struct RootFs {
  std::string type = "layers";
  std::vector<std::string> diff_ids;
};

template <class Codec>
void fields(Codec& codec, Is<RootFs> auto& rootfs) {
  codec("type", rootfs.type, required);
  codec("diff_ids", rootfs.diff_ids, required);
}

}  // namespace

template <class Codec>
void fields(Codec& codec, Is<Platform> auto& platform) {
  codec("architecture", platform.architecture, required);
  codec("os", platform.os, required);
  codec("variant", platform.variant);
}

namespace {

struct RawDescriptor {
  std::string media_type;
  std::string digest;
  std::int64_t size = 0;
  std::map<std::string, std::string> annotations;
  std::optional<Platform> platform;
};

template <class Codec>
void fields(Codec& codec, Is<RawDescriptor> auto& descriptor) {
  codec("mediaType", descriptor.media_type, required);
  codec("digest", descriptor.digest, required);
  codec("size", descriptor.size, required);
  codec("annotations", descriptor.annotations);
  codec("platform", descriptor.platform);
}

struct RawIndex {
  int schema_version = 2;
  std::string media_type;
  std::vector<RawDescriptor> manifests;
  std::map<std::string, std::string> annotations;
};

template <class Codec>
void fields(Codec& codec, Is<RawIndex> auto& index) {
  codec("schemaVersion", index.schema_version, required);
  codec("mediaType", index.media_type);
  codec("manifests", index.manifests, required);
  codec("annotations", index.annotations);
}

struct RawManifest {
  int schema_version = 2;
  std::string media_type;
  RawDescriptor config;
  std::vector<RawDescriptor> layers;
  std::map<std::string, std::string> annotations;
};

template <class Codec>
void fields(Codec& codec, Is<RawManifest> auto& manifest) {
  codec("schemaVersion", manifest.schema_version, required);
  codec("mediaType", manifest.media_type);
  codec("config", manifest.config, required);
  codec("layers", manifest.layers, required);
  codec("annotations", manifest.annotations);
}

struct RawContainerConfig {
  ContainerConfig config;
  Set exposed_ports;
  Set volumes;
};

template <class Codec>
void fields(Codec& codec, Is<RawContainerConfig> auto& raw) {
  codec("User", raw.config.user);
  codec("ExposedPorts", raw.exposed_ports);
  codec("Env", raw.config.env);
  codec("Entrypoint", raw.config.entrypoint);
  codec("Cmd", raw.config.cmd);
  codec("Volumes", raw.volumes);
  codec("WorkingDir", raw.config.working_dir);
  codec("Labels", raw.config.labels);
  codec("StopSignal", raw.config.stop_signal);
  codec("Healthcheck", raw.config.health_check);
  codec("Shell", raw.config.shell);
  codec("OnBuild", raw.config.on_build);
}

struct RawImageConfig {
  ImageConfig image;
  RawContainerConfig config;
  RootFs rootfs;
};

template <class Codec>
void fields(Codec& codec, Is<RawImageConfig> auto& raw) {
  codec("created", raw.image.created);
  codec("author", raw.image.author);
  codec("architecture", raw.image.platform.architecture, required);
  codec("os", raw.image.platform.os, required);
  codec("variant", raw.image.platform.variant);
  codec("config", raw.config);
  codec("rootfs", raw.rootfs, required);
  codec("history", raw.image.history);
}

Result<Descriptor> to_descriptor(RawDescriptor raw) {
  Digest digest = TRY(Digest::parse(raw.digest));
  if (raw.size < 0) return make_error(Kind::corrupt, "descriptor of " + digest.text() + ": its size is negative");
  return Descriptor{std::move(raw.media_type), std::move(digest), raw.size, std::move(raw.annotations),
                    std::move(raw.platform)};
}

RawDescriptor to_raw(const Descriptor& d) {
  return {d.media_type, d.digest.text(), d.size, d.annotations, d.platform};
}

Result<std::vector<Descriptor>> to_descriptors(std::vector<RawDescriptor> raw) {
  std::vector<Descriptor> descriptors;
  for (RawDescriptor& one : raw) descriptors.push_back(TRY(to_descriptor(std::move(one))));
  return descriptors;
}

std::vector<RawDescriptor> to_raw(const std::vector<Descriptor>& descriptors) {
  std::vector<RawDescriptor> raw;
  for (const Descriptor& one : descriptors) raw.push_back(to_raw(one));
  return raw;
}

RawContainerConfig to_raw(const ContainerConfig& config) {
  return {config, to_set(config.exposed_ports), to_set(config.volumes)};
}

}  // namespace

template <class Codec>
void fields(Codec& codec, Is<HealthCheck> auto& check) {
  codec("Test", check.test);
  codec("Interval", check.interval);
  codec("Timeout", check.timeout);
  codec("StartPeriod", check.start_period);
  codec("StartInterval", check.start_interval);
  codec("Retries", check.retries);
}

template <class Codec>
void fields(Codec& codec, Is<History> auto& history) {
  codec("created", history.created);
  codec("created_by", history.created_by);
  codec("author", history.author);
  codec("comment", history.comment);
  codec("empty_layer", history.empty_layer);
}

Platform native_platform() {
#if defined(__x86_64__)
  return {"amd64", "linux", ""};
#elif defined(__aarch64__)
  return {"arm64", "linux", "v8"};
#else
#error "name this architecture as Go does (GOARCH)"
#endif
}

Result<Index> parse_index(std::string_view json) {
  Json document = TRY_AS("image index", parse_json(json));
  RawIndex raw = TRY(Decoder::decode<RawIndex>(document, "image index"));
  std::vector<Descriptor> manifests = TRY_AS("image index", to_descriptors(std::move(raw.manifests)));
  return Index{raw.schema_version, std::move(raw.media_type), std::move(manifests), std::move(raw.annotations)};
}

Result<Manifest> parse_manifest(std::string_view json) {
  Json document = TRY_AS("image manifest", parse_json(json));
  RawManifest raw = TRY(Decoder::decode<RawManifest>(document, "image manifest"));
  Descriptor config = TRY_AS("image manifest", to_descriptor(std::move(raw.config)));
  std::vector<Descriptor> layers = TRY_AS("image manifest", to_descriptors(std::move(raw.layers)));
  return Manifest{raw.schema_version, std::move(raw.media_type), std::move(config), std::move(layers),
                  std::move(raw.annotations)};
}

Result<ImageConfig> parse_image_config(std::string_view json) {
  Json document = TRY_AS("image configuration", parse_json(json));
  RawImageConfig raw = TRY(Decoder::decode<RawImageConfig>(document, "image configuration"));
  ImageConfig image = std::move(raw.image);
  image.config = std::move(raw.config.config);
  image.config.exposed_ports = to_names(raw.config.exposed_ports);
  image.config.volumes = to_names(raw.config.volumes);
  for (const std::string& id : raw.rootfs.diff_ids) {
    image.diff_ids.push_back(TRY_AS("image configuration", Digest::parse(id)));
  }
  return image;
}

std::string print_index(const Index& index) {
  return print_json(
      Encoder::encode(RawIndex{index.schema_version, index.media_type, to_raw(index.manifests), index.annotations}));
}

std::string print_manifest(const Manifest& manifest) {
  return print_json(Encoder::encode(RawManifest{manifest.schema_version, manifest.media_type, to_raw(manifest.config),
                                                to_raw(manifest.layers), manifest.annotations}));
}

std::string print_image_config(const ImageConfig& config) {
  RawImageConfig raw{config, to_raw(config.config), {}};
  for (const Digest& id : config.diff_ids) raw.rootfs.diff_ids.push_back(id.text());
  return print_json(Encoder::encode(raw));
}

Json to_json(const ContainerConfig& config) {
  return Encoder::encode(to_raw(config));
}

}  // namespace aictr::oci
