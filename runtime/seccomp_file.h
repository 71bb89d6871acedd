#pragma once

// "<id>.seccomp" in the state root: the container's filter as the kernel takes it, for processes that come later. Read
// in microseconds, where compiling the profile again takes a millisecond.

#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/container.h"
#include "runtime/seccomp.h"

namespace aictr::runtime {

Result<void> save_seccomp(const StateRoot& root, const std::string& id, const SeccompProgram& program);
// Nothing for a container without a filter; Kind::corrupt for a file that is none.
Result<std::optional<SeccompProgram>> load_seccomp(const StateRoot& root, const std::string& id);
Result<void> remove_seccomp(const StateRoot& root, const std::string& id);

}  // namespace aictr::runtime
