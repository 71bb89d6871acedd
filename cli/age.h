#pragma once

// Times of records (RFC 3339) as Docker's columns show them. What is no time, or is empty, is "N/A".

#include <string>
#include <string_view>

namespace aictr::cli {

std::string age(std::string_view time);         // "3 minutes ago", seen from now
std::string duration(std::string_view time);    // "3 minutes"
std::string local_time(std::string_view time);  // "2026-11-22 10:00:00 +0100 CET"

}  // namespace aictr::cli
