#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"

namespace aictr::cli {

// A line of cells, the title first; the last cell may hold blanks.
using ProcessTable = std::vector<std::vector<std::string>>;

// What ps(1) of the host prints with `options` (-ef without any), as lines: its title, and those of `pids`, which are
// sorted. Kind::not_found when the host has no ps, Kind::usage when what it prints has no column PID.
Result<std::vector<std::string>> process_lines(std::vector<std::string> options, const std::vector<pid_t>& pids);

// Such lines cut into as many cells as their title has words.
ProcessTable cells_of(const std::vector<std::string>& lines);

}  // namespace aictr::cli
