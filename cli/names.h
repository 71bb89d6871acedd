#pragma once

#include <string>

#include "base/result.h"

namespace aictr::cli {

// A name a person can say, for a container that was given none: "calm_lovelace".
Result<std::string> random_name();

}  // namespace aictr::cli
