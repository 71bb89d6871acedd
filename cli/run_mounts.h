#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// The mounts that -v, --mount and --tmpfs ask for, in that order. Kind::usage for what has no meaning, Kind::not_found
// for a source that is not there: it is never made, because a mistyped path would become an empty directory.
Result<std::vector<oci::Mount>> run_mounts(const RunFlags& flags, const std::string& current_directory);

// Pure parts, for tests. Sources are not looked at.
Result<oci::Mount> parse_volume(std::string_view text, const std::string& current_directory);
Result<oci::Mount> parse_mount(std::string_view text, const std::string& current_directory);
Result<oci::Mount> parse_tmpfs(std::string_view text);

// /dev/shm: `size` bytes, or half of the machine's memory, the kernel's own default, when it is 0.
oci::Mount shm_mount(std::int64_t size);

}  // namespace aictr::cli
