#pragma once

// Words and lines.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aictr {

std::vector<std::string> split(std::string_view text, char separator);  // "" gives one empty word
std::vector<std::string> words(std::string_view text);                  // at blanks, without empty ones
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);

// A stranger's words for a line on a terminal: control characters are blanks, and what is beyond 300 bytes is cut.
std::string one_line(std::string_view text);

// The whole of `text` as a number: no sign (unless T is signed), no blanks, nothing behind it, no overflow.
template <class T>
std::optional<T> parse_number(std::string_view text, int base = 10);

// The candidate that a user who typed `word` probably meant: the nearest by edit distance, if it is near enough.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace aictr
