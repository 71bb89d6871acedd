#include "cli/table.h"

#include <algorithm>

#include "base/text.h"

namespace aictr::cli {
namespace {

constexpr std::size_t kGap = 3;

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

}  // namespace

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string result;
  std::size_t used = indent;
  for (const std::string& word : words(text)) {
    std::size_t length = characters(word);
    if (used > indent && used + 1 + length > width) {
      result += "\n" + std::string(indent, ' ');
      used = indent;
    }
    if (used > indent) {
      result += ' ';
      ++used;
    }
    result += word;
    used += length;
  }
  return result;
}

std::string align(const std::vector<std::string>& lines, std::size_t least_width) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths;
  for (const std::string& line : lines) {
    rows.push_back(split(line, '\t'));
    for (std::size_t i = 0; i + 1 < rows.back().size(); ++i) {
      if (i == widths.size()) widths.push_back(least_width);
      widths[i] = std::max(widths[i], characters(rows.back()[i]) + kGap);
    }
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - characters(row[i]), ' ');
    }
    text += '\n';
  }
  return text;
}

std::string shortened(std::string_view text, std::size_t width) {
  if (characters(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end) {
    if (starts_character(text[end]) && ++count == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace aictr::cli
