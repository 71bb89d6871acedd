#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/layer_pack.h"

namespace aictr::cli {

// Lets `write` fill the file `path`, which appears when it is whole; "-" or an empty path is standard output, which
// must be no terminal (`how`: what the user may do instead). A device or a pipe is written to as it is.
Result<void> write_archive(const std::string& path, std::string_view how,
                           const std::function<Result<void>(const images::TarSink&)>& write);

// An archive to read: the file `path`; "-" or an empty path is standard input, which must be no terminal.
Result<UniqueFd> open_archive(const std::string& path);

}  // namespace aictr::cli
