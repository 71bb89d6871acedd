#pragma once

#include "base/result.h"
#include "cli/build_command.h"
#include "cli/run_command.h"
#include "images/build.h"

namespace aictr::cli {

// What the flags say of the build; context and Dockerfile are build_input.h's. Kind::usage names the flag.
Result<images::BuildOptions> build_options(const BuildFlags& flags);

// What they say of its steps, in the words of `aictr run`.
RunFlags step_flags(const BuildFlags& flags);

}  // namespace aictr::cli
