#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::images {

// A here-document of RUN, COPY or ADD: "<<NAME" in the instruction, its lines below, and a line that is just NAME.
struct Heredoc {
  std::string name;
  int descriptor = 0;       // of "3<<NAME"
  bool expand = true;       // no part of the name is quoted
  bool strip_tabs = false;  // "<<-NAME": tabs at the start of its lines do not count
  std::string content;      // as written
  // Without the leading tabs where they do not count.
  std::string text() const;
};

// What the word "<<NAME" announces; nullopt for any other word.
std::optional<Heredoc> parse_heredoc(std::string_view word);

// The heredocs that an instruction announces, in order, without their content. None when a quote is not closed.
std::vector<Heredoc> find_heredocs(std::string_view instruction);

}  // namespace aictr::images
