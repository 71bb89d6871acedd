#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct PushFlags {
  std::string authfile;
  std::string cert_dir;
  std::string compression = "gzip";
  std::string creds;
  std::string digestfile;
  std::string progress = "auto";
  bool quiet = false;
  bool tls_verify = true;
};

extern const CommandFor<PushFlags> kPushCommand;
Result<int> push(const Globals& globals, const PushFlags& flags, const std::vector<std::string>& arguments);

}  // namespace aictr::cli
