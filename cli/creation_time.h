#pragma once

#include <string>

#include "base/result.h"

namespace aictr::cli {

// When an image is made, in RFC 3339: now, or the time in SOURCE_DATE_EPOCH (seconds), so that the same input gives the
// same image again (https://reproducible-builds.org/specs/source-date-epoch/). Kind::usage when that is no number.
Result<std::string> creation_time();

}  // namespace aictr::cli
