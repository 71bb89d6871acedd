#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

extern const CommandFor<NoFlags> kCompletionCommand;
Result<int> completion(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

// What the shells' scripts call: the words typed so far, the last one unfinished.
extern const CommandFor<NoFlags> kCompleteCommand;
Result<int> complete_words(const Globals& globals, const NoFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
