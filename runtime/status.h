#pragma once

#include <string>
#include <string_view>

#include "oci/runtime_record.h"
#include "oci/state.h"
#include "runtime/container.h"
#include "runtime/state_file.h"

namespace aictr::runtime {

// The record as the state that hooks and callers get; with the status given, and no pid for "stopped".
oci::State state_with(const oci::RuntimeRecord& record, std::string_view status);

// creating, created, running, paused or stopped (runtime.md, "State").
Result<std::string> status_of(const StateRoot& root, const StoredRecord& stored);

}  // namespace aictr::runtime
