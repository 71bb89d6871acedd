#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/container.h"
#include "cli/global.h"

namespace aictr::cli {

// What happened to containers, a line of JSON each, in <runroot>/events.json: whoever does something adds a line, and
// `aictr events` reads them. The members are Docker's. At a mebibyte the file becomes events.json.1, and an older one
// of that name goes.
inline constexpr const char* kEventsFile = "events.json";
inline constexpr const char* kOlderEventsFile = "events.json.1";

// An event that cannot be written is no reason to fail.
void report_event(const Globals& globals, const Container& container, std::string_view action,
                  const std::map<std::string, std::string>& more = {});

}  // namespace aictr::cli
