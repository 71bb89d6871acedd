#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::cli {

// Lines whose cells are parted by tabs, with the columns aligned as Docker does it: each as wide as its longest cell
// and three blanks, `least_width` at least; the last cell of a line is as it is. Widths count characters of UTF-8, not
// bytes.
std::string align(const std::vector<std::string>& lines, std::size_t least_width = 10);

// Characters of UTF-8.
std::size_t characters(std::string_view text);

// `text` broken between words into lines of at most `width` characters; every line but the first begins with `indent`
// blanks. A word that is longer has its line for itself.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

// `text` cut to `width` characters, the last of them "…" when something is missing.
std::string shortened(std::string_view text, std::size_t width);

}  // namespace aictr::cli
