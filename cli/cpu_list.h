#pragma once

#include <optional>
#include <set>
#include <string_view>

namespace aictr::cli {

// "0-2,7", the kernel's way to write a set of CPUs or of memory nodes (cpuset(7), List Format), as numbers. Nothing
// when it is not of that form.
std::optional<std::set<unsigned>> parse_cpu_list(std::string_view text);

}  // namespace aictr::cli
