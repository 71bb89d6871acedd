#pragma once

#include <string>

#include "base/result.h"

namespace aictr {

// `digits` random hexadecimal digits from getrandom(2); for ids and names of temporary files.
Result<std::string> random_hex(std::size_t digits);

}  // namespace aictr
