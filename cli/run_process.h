#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/image_spec.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// The command line: the image's entrypoint and command, and what the user put in their place. Kind::usage when nothing
// is left to run. Pure.
Result<std::vector<std::string>> run_arguments(const RunFlags& flags, const oci::ContainerConfig& image,
                                               const std::vector<std::string>& command);

// The environment: the image's, then the files', then -e. `ours` looks a variable of the caller up, for `-e NAME`.
using Lookup = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> our_variable(const std::string& name);
Result<std::vector<std::string>> given_environment(const RunFlags& flags, const Lookup& ours);  // the latter two
Result<std::vector<std::string>> run_environment(const RunFlags& flags, const oci::ContainerConfig& image,
                                                 const Lookup& ours);

// The lines of an env file: NAME=VALUE, or NAME to pass ours on; empty lines and lines that begin with # are skipped.
Result<std::vector<std::string>> parse_env_file(std::string_view text, const Lookup& ours);

// Docker's default set with --cap-add and --cap-drop applied. `known` is what the kernel has, `grantable` what this
// process can hand on: ALL means those, while naming another one is left for the start to refuse. Pure.
Result<std::vector<std::string>> run_capabilities(const RunFlags& flags, const std::vector<std::string>& known,
                                                  const std::vector<std::string>& grantable);

// --ulimit nofile=1024:2048. Values are counts or bytes as setrlimit(2) takes them; -1 and "unlimited" mean no limit.
// Pure.
Result<oci::Rlimit> parse_ulimit(std::string_view text);

}  // namespace aictr::cli
