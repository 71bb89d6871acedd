#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct CommitFlags {
  std::string author;
  std::string message;
  std::vector<std::string> changes;
  bool pause = true;
};

extern const CommandFor<CommitFlags> kCommitCommand;
Result<int> commit(const Globals& globals, const CommitFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
