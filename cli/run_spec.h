#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/image_spec.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// What of this machine a spec depends on.
struct HostFacts {
  std::int64_t memory = 0;  // bytes
  bool has_swap = false;
  std::uint64_t nofile_hard = 0;          // our own hard limit, which a container cannot exceed
  std::vector<std::string> capabilities;  // what we have and can hand on
  std::string current_directory;
  unsigned kernel_major = 0;
  unsigned kernel_minor = 0;

  static Result<HostFacts> read();
};

// The spec that `aictr run` starts from: image and flags, without what needs the root file system (the user), the
// container's own directory (network files, certificates) or volumes (RunMounts). `chosen` gets a line for every
// default that was decided here.
Result<oci::Spec> run_spec(const RunFlags& flags, const oci::ContainerConfig& image,
                           const std::vector<std::string>& command, const HostFacts& host,
                           std::vector<std::string>& chosen);

// "KEY=VALUE" words as a map, for --label, --annotation and --sysctl. Kind::usage when the key is empty.
Result<std::map<std::string, std::string>> key_values(std::string_view flag, const std::vector<std::string>& texts);

}  // namespace aictr::cli
