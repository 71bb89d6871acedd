#pragma once

#include "base/result.h"
#include "cli/attach.h"
#include "cli/container.h"
#include "runtime/container.h"

namespace aictr::cli {

// Starts the created container and puts that down in its record. Kind::exec when its command cannot be run.
Result<void> start_foreground(const runtime::StateRoot& states, const Containers& containers, Container& container);

// Stays until the started container ends and puts down in its record how it ended. The container's own exit code.
Result<int> attend_foreground(const runtime::StateRoot& states, const Containers& containers, Container& container,
                              runtime::Created created, Attachment& attachment);

}  // namespace aictr::cli
