#pragma once

#include <string>

#include "base/result.h"
#include "cli/global.h"
#include "images/store.h"

namespace aictr::cli {

// Runs `aictr pull`, which is another program (it loads what `aictr` does not), when `when` says so: "always", or
// "missing" and the store has no image of that name. Its progress and errors go to standard error. True: the image is
// there, or the store may say that it is not; false: it could not be pulled, and the reason has been printed.
Result<bool> pull_if_wanted(const images::Store& store, const std::string& name, const std::string& when,
                            const Globals& globals);

}  // namespace aictr::cli
