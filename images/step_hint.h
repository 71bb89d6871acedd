#pragma once

#include <string>
#include <string_view>

#include "images/step_runner.h"

namespace aictr::images {

// What to do about a step that failed, as far as its exit code and the end of what it printed tell: the failures that
// builds of AI images meet most. Empty when they tell nothing.
std::string hint_for(const StepEnd& end, std::string_view printed);

}  // namespace aictr::images
