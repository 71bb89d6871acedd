#pragma once

#include "base/result.h"

namespace aictr::cli {

// Executes this command again from where nobody inside of a container can write to it, with the words that it was
// called with (runtime/self_protect.h). For commands that enter a container, before anything else.
Result<void> protect_this_program();

}  // namespace aictr::cli
