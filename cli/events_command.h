#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct EventsFlags {
  std::vector<std::string> filter;
  std::string format;
  std::string since;
  std::string until;
};

extern const CommandFor<EventsFlags> kEventsCommand;
Result<int> events(const Globals& globals, const EventsFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
