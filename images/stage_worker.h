#pragma once

#include <cstddef>

#include "images/stage_builder.h"
#include "images/worker_channel.h"

namespace aictr::images {

// Builds one stage in this process, which is the build's child, and ends it. What happens, and what comes of it, goes
// over the channel.
[[noreturn]] void run_stage_worker(const Dockerfile& file, const Plan& plan, std::size_t stage, const StageTools& tools,
                                   const WorkerChannel& channel);

}  // namespace aictr::images
