#include "cli/step_log.h"

#include <algorithm>

#include <fmt/core.h>

namespace aictr::cli {
namespace {

// The end of the escape sequence that begins at `at` (ECMA-48): CSI up to its final byte, OSC up to BEL or ST, else two
// characters.
std::size_t end_of_escape(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  if (i >= text.size()) return text.size();
  if (text[i] == '[') {
    for (++i; i < text.size(); ++i) {
      if (text[i] >= '@' && text[i] <= '~') return i + 1;
    }
    return text.size();
  }
  if (text[i] == ']') {
    for (++i; i < text.size(); ++i) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == '\033') return std::min(i + 2, text.size());
    }
    return text.size();
  }
  return i + 1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == 0x1b) {
      i = end_of_escape(text, i);
      continue;
    }
    if (c == '\t') {
      clean += ' ';
    } else if (c >= 0x20 && c != 0x7f) {
      clean += text[i];
    }
    ++i;
  }
  return clean;
}

std::vector<StepLog::Line> StepLog::add(std::string_view text, Clock::time_point now) {
  std::size_t before = lines_.size();
  for (char c : text) {
    if (c == '\n') {
      lines_.push_back(complete(now));
    } else {
      partial_ += c;
    }
  }
  return {lines_.begin() + static_cast<std::ptrdiff_t>(before), lines_.end()};
}

std::vector<StepLog::Line> StepLog::finish(Clock::time_point now) {
  if (partial_.empty()) return {};
  lines_.push_back(complete(now));
  return {lines_.back()};
}

std::string StepLog::whole() const {
  std::string text;
  for (const Line& line : lines_) text += fmt::format("{:.3f} {}\n", line.seconds, line.text);
  return text;
}

StepLog::Line StepLog::complete(Clock::time_point now) {
  while (!partial_.empty() && partial_.back() == '\r') partial_.pop_back();
  std::size_t start = partial_.rfind('\r');
  Line line{std::chrono::duration<double>(now - start_).count(),
            start == std::string::npos ? partial_ : partial_.substr(start + 1)};
  partial_.clear();
  return line;
}

}  // namespace aictr::cli
