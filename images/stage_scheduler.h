#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "images/built_stage.h"
#include "images/stage_builder.h"

namespace aictr::images {

// Builds all stages of the plan, at most `jobs` at a time, each in a process of its own, and gives them, the last one
// last. A stage begins before those that its steps take from are built, and waits at the step that needs one. When one
// fails, or SIGINT, SIGTERM or SIGHUP comes, the others are ended: what they leave is for the next remove_dead_drafts()
// and the step runner's own clearing. The caller has one thread.
Result<std::vector<BuiltStage>> build_at_once(const Dockerfile& file, const Plan& plan, const StageTools& tools,
                                              std::size_t jobs);

}  // namespace aictr::images
