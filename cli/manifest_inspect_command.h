#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct ManifestInspectFlags {
  std::string authfile;
  std::string cert_dir;
  std::string creds;
  bool insecure = false;
  bool tls_verify = true;
  bool verbose = false;
};

extern const CommandFor<ManifestInspectFlags> kManifestInspectCommand;
Result<int> manifest_inspect(const Globals& globals, const ManifestInspectFlags& flags,
                             const std::vector<std::string>& arguments);

}  // namespace aictr::cli
