#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"

namespace aictr::cli {

// Does `work` in a process of its own, so that SIGINT, SIGTERM and SIGHUP end it wherever it is. It gets the signal and
// a second to put its things away itself; then it is killed, and `clear_away` removes what it left. The exit code of
// the work, or 128+n when signal n came and it did not succeed all the same. An error of the work is reported under
// `name`. The caller has one thread.
Result<int> stoppable(std::string_view name, const std::function<Result<int>()>& work,
                      const std::function<void()>& clear_away);

}  // namespace aictr::cli
