#pragma once

// Index, manifest and configuration of an image (OCI image-spec 1.1, and the members Docker adds to the configuration).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/digest.h"
#include "oci/json.h"

namespace aictr::oci {

namespace media {
inline constexpr std::string_view kIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kLayer = "application/vnd.oci.image.layer.v1.tar";
}  // namespace media

struct Platform {
  std::string architecture;
  std::string os;
  std::string variant;
};

// What this program runs on: {"amd64", "linux", ""}.
Platform native_platform();

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;
  std::map<std::string, std::string> annotations;
  std::optional<Platform> platform;
};

struct Index {
  int schema_version = 2;
  std::string media_type;
  std::vector<Descriptor> manifests;
  std::map<std::string, std::string> annotations;
};

struct Manifest {
  int schema_version = 2;
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::map<std::string, std::string> annotations;
};

struct HealthCheck {
  std::vector<std::string> test;
  std::int64_t interval = 0;  // nanoseconds, as all of these
  std::int64_t timeout = 0;
  std::int64_t start_period = 0;
  std::int64_t start_interval = 0;
  int retries = 0;
};

// What a container of the image runs with unless told otherwise.
struct ContainerConfig {
  std::string user;
  std::vector<std::string> exposed_ports;  // "8080/tcp", sorted
  std::vector<std::string> env;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  std::vector<std::string> volumes;  // sorted
  std::string working_dir;
  std::map<std::string, std::string> labels;
  std::string stop_signal;
  std::optional<HealthCheck> health_check;
  std::vector<std::string> shell;
  std::vector<std::string> on_build;
};

struct History {
  std::string created;  // RFC 3339
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;
};

struct ImageConfig {
  std::string created;  // RFC 3339
  std::string author;
  Platform platform;
  ContainerConfig config;
  std::vector<Digest> diff_ids;  // of the layers' uncompressed tars, lowest first
  std::vector<History> history;
};

Result<Index> parse_index(std::string_view json);
Result<Manifest> parse_manifest(std::string_view json);
Result<ImageConfig> parse_image_config(std::string_view json);

// The bytes decide the digest: the same value always prints the same text.
std::string print_index(const Index& index);
std::string print_manifest(const Manifest& manifest);
std::string print_image_config(const ImageConfig& config);

// For `inspect`, which shows parts of a configuration among other things.
Json to_json(const ContainerConfig& config);

}  // namespace aictr::oci
