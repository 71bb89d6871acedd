#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/container_mount.h"

namespace aictr::cli {

// What one -v, --mount or --tmpfs asks for. Of a volume only the name is known, and none of an anonymous one; the
// source of a bind has not been looked at.
struct MountRequest {
  ContainerMount mount;
  std::map<std::string, std::string> volume_options;  // for a volume that is to be made
  std::map<std::string, std::string> volume_labels;
};

// All pure. Kind::usage for what has no meaning, Kind::unsupported for what Docker or Podman have and aictr does not.

// "/host:/target:ro", "name:/target", "/target": SOURCE:TARGET:OPTIONS of -v. A source with a slash or a dot in front
// is a path, from the current directory when it is relative.
Result<MountRequest> parse_volume(std::string_view text, const std::string& current_directory);

// "type=bind,source=…,target=…": KEY=VALUE words as a line of CSV, so that a quoted word may hold commas. The type is
// "volume" unless given, as with Docker.
Result<MountRequest> parse_mount(std::string_view text, const std::string& current_directory);

// "/target:size=64m,exec"
Result<MountRequest> parse_tmpfs(std::string_view text);

// "uids=0-1000-1;gids=0-1000-1#1-100000-65536": FIRST ON DISK-FIRST SEEN-COUNT, several with "#". Empty: nothing.
Result<void> parse_idmap(ContainerMount& mount, std::string_view text);

}  // namespace aictr::cli
