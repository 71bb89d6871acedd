#include "images/heredoc.h"

#include <algorithm>

#include "base/text.h"
#include "images/dockerfile_expand.h"

namespace aictr::images {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == '\n';
}

// Splits at unquoted blanks and leaves quotes and backslashes in place. Blanks behind "<<" do not split.
std::optional<std::vector<std::string>> raw_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (is_blank(c)) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
      continue;
    }
    if (c == '\'' || c == '"') {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != c) end += (c == '"' && text[end] == '\\') ? 2 : 1;
      if (end >= text.size()) return std::nullopt;
      word += text.substr(i, end - i + 1);
      i = end;
    } else if (c == '\\') {
      word += text.substr(i, 2);
      ++i;
    } else if (text.substr(i, 2) == "<<") {
      word += "<<";
      ++i;
      while (i + 1 < text.size() && is_blank(text[i + 1])) word += text[++i];
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::size_t count_quotes(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c == '\'' || c == '"'; }));
}

std::optional<std::string> nothing(std::string_view) {
  return std::nullopt;
}

}  // namespace

std::string Heredoc::text() const {
  if (!strip_tabs) return content;
  std::string stripped;
  bool line_start = true;
  for (char c : content) {
    if (line_start && c == '\t') continue;
    line_start = c == '\n';
    stripped += c;
  }
  return stripped;
}

std::optional<Heredoc> parse_heredoc(std::string_view word) {
  Heredoc heredoc;
  std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
  if (word.substr(digits, 2) != "<<") return std::nullopt;
  heredoc.descriptor = parse_number<int>(word.substr(0, digits)).value_or(0);
  word.remove_prefix(digits + 2);
  if (word.starts_with('-')) {
    heredoc.strip_tabs = true;
    word.remove_prefix(1);
  }
  while (!word.empty() && is_blank(word.front())) word.remove_prefix(1);
  if (word.empty() || word.find('<') != std::string_view::npos) return std::nullopt;

  auto plain = expand_words(word, nothing, {.keep_unset = true});
  auto quoted = expand_words(word, nothing, {.keep_quotes = true, .keep_unset = true});
  if (!plain.ok() || !quoted.ok() || plain.value().size() != 1 || quoted.value().size() != 1) return std::nullopt;
  heredoc.name = plain.value()[0];
  // A quote that is gone has quoted something; one that is still there was escaped.
  heredoc.expand = count_quotes(heredoc.name) == count_quotes(quoted.value()[0]);
  return heredoc;
}

std::vector<Heredoc> find_heredocs(std::string_view instruction) {
  std::vector<Heredoc> found;
  auto words = raw_words(instruction);
  if (!words) return found;
  for (const std::string& word : *words) {
    if (auto heredoc = parse_heredoc(word)) found.push_back(std::move(*heredoc));
  }
  return found;
}

}  // namespace aictr::images
