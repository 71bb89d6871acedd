#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"
#include "oci/state.h"

namespace aictr::runtime {

// Runs the hooks of one kind in order, each with exactly its own environment and the state on its standard input
// (config.md, "POSIX-platform Hooks"). The first that fails, or is not done after its timeout, ends the list. `kind` is
// the name in config.json.
Result<void> run_hooks(std::string_view kind, const std::vector<oci::Hook>& hooks, const oci::State& state);

// The same, but for one that fails: the others run all the same. The failures.
std::vector<Error> run_every_hook(std::string_view kind, const std::vector<oci::Hook>& hooks, const oci::State& state);

}  // namespace aictr::runtime
