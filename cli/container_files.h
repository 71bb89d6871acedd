#pragma once

namespace aictr::cli {

// Files of a container's directory that more than one program knows; the logs are container_log.h's.
inline constexpr const char* kStoppedMark = "stopped";  // there when a person has ended it
inline constexpr const char* kHealthFile = "health.json";

}  // namespace aictr::cli
