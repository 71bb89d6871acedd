#pragma once

#include <string>

#include "base/result.h"
#include "runtime/container.h"
#include "runtime/criu.h"

namespace aictr::runtime {

// Writes what runs in a container to files, by criu. Unless it is to go on running, or only its memory is written
// beforehand, it is gone afterwards. Kind::busy when it does not run, Kind::unsupported without criu.
Result<void> checkpoint(const StateRoot& root, const std::string& id, const CriuOptions& options);

// Makes a container of those files: cgroup and state are new, from the request; hooks are not run again. A process with
// a terminal is Kind::unsupported.
Result<Created> restore(const StateRoot& root, CreateRequest request, const CriuOptions& options);

}  // namespace aictr::runtime
