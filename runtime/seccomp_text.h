#pragma once

// A container's filter as the kernel takes it, as text of its record: for processes that come later. Read in
// microseconds, where compiling the profile again takes a millisecond.

#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/seccomp.h"

namespace aictr::runtime {

std::string print_seccomp(const SeccompProgram& program);
Result<SeccompProgram> parse_seccomp(std::string_view text);  // Kind::corrupt for what is none

}  // namespace aictr::runtime
