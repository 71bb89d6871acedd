#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aictr {

// "512m", "1.5g", "64KiB", "1048576": bytes, powers of 1024, as Docker reads them; the suffix's case does not matter.
Result<std::int64_t> parse_bytes(std::string_view text);

// "1m30s", "100ms", "1.5h": a duration as Go writes it.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

std::string binary_size(std::uint64_t bytes);   // "512 MiB": for limits
std::string decimal_size(std::uint64_t bytes);  // "152MB": Docker's columns, powers of 1000, three significant digits

std::string ago(std::chrono::seconds age);  // "3 minutes ago": Docker's CREATED column
std::string rfc3339(
    std::chrono::system_clock::time_point time);  // UTC with nanoseconds: "2026-11-22T10:00:00.123456789Z"
Result<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace aictr
