#pragma once

#include <string_view>

#include "base/result.h"

namespace aictr::cli {

// Says what is about to happen and asks whether it may. Whoever runs this in a script has nobody to ask: true then.
Result<bool> confirm(std::string_view about);

}  // namespace aictr::cli
