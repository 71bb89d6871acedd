#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct StartFlags {
  bool attach = false;
  bool interactive = false;
  bool sig_proxy = true;
  std::optional<std::string> detach_keys;
};

extern const CommandFor<StartFlags> kStartCommand;
Result<int> start(const Globals& globals, const StartFlags& flags, const std::vector<std::string>& arguments);

struct AttachFlags {
  bool no_stdin = false;
  bool sig_proxy = true;
  std::optional<std::string> detach_keys;
};

extern const CommandFor<AttachFlags> kAttachCommand;
Result<int> attach(const Globals& globals, const AttachFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
