#pragma once

#include <string>

#include "base/result.h"

namespace aictr::cli {

// Where a program of ours is that nobody calls by hand: in $AICTR_LIBEXEC, beside this program, in ../libexec/aictr
// from there, or where it was installed to. Kind::not_found with the mend.
Result<std::string> libexec_program(const std::string& name);

}  // namespace aictr::cli
