#pragma once

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::runtime {

// What no planner looks at: that the parts of the spec make sense together, and that nothing valid is asked for which
// would be left undone. Kind::usage and Kind::unsupported name the JSON pointer. Pure.
Result<void> check_spec(const oci::Spec& spec);
Result<void> check_process(const oci::Process& process);

}  // namespace aictr::runtime
