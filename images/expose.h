#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// "8080", "53/udp", "8000-8010/tcp", "127.0.0.1:80:8080": the container's ports as an image's configuration has them,
// "8080/tcp". Kind::usage for anything else.
Result<std::vector<std::string>> exposed_ports(std::string_view text);

}  // namespace aictr::images
