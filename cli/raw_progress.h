#pragma once

#include <memory>

#include "cli/progress.h"

namespace aictr::cli {

// A build as lines of JSON on standard error, for programs: BuildKit's rawjson, whose objects have "vertexes" (a step
// that begins or ends), "logs" (what one prints, in base64) or "warnings".
std::unique_ptr<Progress> make_raw_progress();

}  // namespace aictr::cli
