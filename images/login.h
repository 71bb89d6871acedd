#pragma once

#include <string>

#include "base/result.h"
#include "images/registry_auth.h"

namespace aictr::images {

// Asks the registry whether it takes these credentials, and files them if so. Where they went.
Result<std::string> log_in(const std::string& registry, const RegistryOptions& options);

}  // namespace aictr::images
