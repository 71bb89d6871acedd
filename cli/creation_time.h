#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace aictr::cli {

// SOURCE_DATE_EPOCH, in seconds, when it is set. Kind::usage when that is no number.
Result<std::optional<std::int64_t>> source_date_epoch();

// When an image is made, in RFC 3339: now, or the time in SOURCE_DATE_EPOCH (seconds), so that the same input gives the
// same image again (https://reproducible-builds.org/specs/source-date-epoch/). Kind::usage when that is no number.
Result<std::string> creation_time();

}  // namespace aictr::cli
