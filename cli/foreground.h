#pragma once

#include "base/result.h"
#include "cli/attach.h"
#include "cli/container.h"
#include "runtime/container.h"

namespace aictr::cli {

// Starts the created container, stays until it ends and puts down in its record how it ended. The exit code for the
// caller: the container's own, and Kind::exec when its command cannot be run.
Result<int> attend_foreground(const runtime::StateRoot& states, const Containers& containers, Container& container,
                              runtime::Created created, Attachment& attachment);

}  // namespace aictr::cli
