#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ExecFlags {
  bool detach = false;
  std::optional<std::string> detach_keys;
  std::vector<std::string> env;
  std::vector<std::string> env_file;
  bool interactive = false;
  bool privileged = false;
  bool terminal = false;
  std::string user;
  std::string workdir;
};

extern const CommandFor<ExecFlags> kExecCommand;
Result<int> exec(const Globals& globals, const ExecFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
