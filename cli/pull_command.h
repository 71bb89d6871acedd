#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct PullFlags {
  std::string authfile;
  std::string cert_dir;
  std::string creds;
  std::string platform;
  std::string progress = "auto";
  bool quiet = false;
  bool tls_verify = true;
};

extern const CommandFor<PullFlags> kPullCommand;
Result<int> pull(const Globals& globals, const PullFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
