// Substitution of variables. The input's first byte chooses how; the rest is the text.

#include <map>
#include <string>

#include "images/dockerfile_expand.h"
#include "images/heredoc.h"
#include "images/path_pattern.h"
#include "images/shell_pattern.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;
using namespace aictr::images;

namespace {

const std::map<std::string, std::string, std::less<>> kValues = {
    {"a", "1"}, {"empty", ""}, {"path", "/usr/local/lib"}, {"quoted", "\"'\\$a"}, {"long", std::string(300, 'x')}};

std::optional<std::string> value_of(std::string_view name) {
  auto found = kValues.find(name);
  if (found == kValues.end()) return std::nullopt;
  return found->second;
}

bool is_plain(std::string_view text) {
  return text.find_first_of("$\\'\"`") == std::string_view::npos;
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (char c : text) {
    if (c != ' ' && (c < '\t' || c > '\r')) kept += c;
  }
  return kept;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += word;
  return all;
}

void check_words(std::string_view text, const ExpandOptions& options, const std::string& whole) {
  auto words = expand_words(text, value_of, options);
  require(words.ok(), "what expands to a text expands to words");
  require(without_blanks(joined(words.value())) == without_blanks(whole), "the words are those of the text");
}

// What has been expanded with every quote and escape kept can be expanded again, to the same.
void check_kept(std::string_view text, const ExpandOptions& options) {
  ExpandOptions keep = options;
  keep.keep_quotes = keep.keep_escapes = keep.keep_unset = true;
  auto nothing = [](std::string_view) { return std::optional<std::string>(); };
  auto once = expand(text, nothing, keep);
  if (!once.ok()) return;
  require(expand(once.value(), nothing, keep).value_or("(refused)") == once.value(), "what is kept is kept again");
}

}  // namespace

void fuzz(std::string_view input) {
  if (input.empty()) return;
  unsigned choice = static_cast<unsigned char>(input.front());
  std::string_view text = input.substr(1);
  ExpandOptions options;
  options.escape = (choice & 1U) != 0 ? '`' : '\\';
  options.quotes = (choice & 2U) == 0;
  static_cast<void>(parse_heredoc(text));
  ignore(PathPattern::parse(text, PathPattern::Dialect::ignore));
  ignore(ShellPattern::parse(text));
  check_kept(text, options);
  auto whole = expand(text, value_of, options);
  if (!whole.ok()) {
    require(whole.error().kind == Kind::usage, "what cannot be expanded is the user's mistake");
    return;
  }
  if (is_plain(text)) require(whole.value() == text, "a text without variables, quotes and escapes stays as it is");
  check_words(text, options, whole.value());
}
