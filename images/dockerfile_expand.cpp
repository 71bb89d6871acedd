#include "images/dockerfile_expand.h"

#include <utility>

#include <fmt/core.h>

#include "images/shell_pattern.h"

namespace aictr::images {
namespace {

constexpr int kMaxDepth = 100;  // of ${a:-${b:-…}}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters beyond ASCII count as letters.
bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

// $@, $? and their like are never set here, but they are names of one character.
bool is_special_parameter(char c) {
  return std::string_view("@*#?-$!0").find(c) != std::string_view::npos;
}

Error problem(std::string message, std::string hint = {}) {
  return make_error(Kind::usage, std::move(message), std::move(hint));
}

constexpr const char* kCloseBrace = "close it with '}', and put quotes around a value that holds blanks";
constexpr const char* kCloseQuote = "close it, or put a backslash in front of it";
constexpr const char* kModifiers = "there are :- - :+ + :? ? # ## % %% / and //";

// The result twice: as one text, and split into words.
class Output {
 public:
  void add_literal(std::string_view text) {  // quoted or escaped: never splits
    text_ += text;
    word_ += text;
    in_word_ = true;
  }
  void add(std::string_view text) {
    text_ += text;
    for (char c : text) {
      if (!is_space(c)) {
        word_ += c;
        in_word_ = true;
      } else if (in_word_ && !word_.empty()) {
        end_word();
      }
    }
  }
  std::string take_text() { return std::move(text_); }
  std::vector<std::string> take_words() {
    if (!word_.empty()) end_word();
    return std::move(words_);
  }

 private:
  void end_word() {
    words_.push_back(std::exchange(word_, {}));
    in_word_ = false;
  }

  std::string text_;
  std::string word_;
  std::vector<std::string> words_;
  bool in_word_ = false;
};

class Expansion {
 public:
  Expansion(std::string_view text, const Variables& variables, const ExpandOptions& options)
      : text_(text), variables_(variables), options_(options) {}

  Result<Output> run() { return until('\0', options_.keep_escapes); }

 private:
  bool at_end() const { return position_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  char next() { return at_end() ? '\0' : text_[position_++]; }

  // Reads to `stop`, which is consumed, or to the end of the text when there is none to look for.
  Result<Output> until(char stop, bool keep_escapes) {
    Output output;
    while (!at_end()) {
      char c = peek();
      if (stop != '\0' && c == stop) {
        ++position_;
        return output;
      }
      if (c == '$') {
        output.add(TRY(substitution()));
      } else if (options_.quotes && c == '\'') {
        output.add_literal(TRY(single_quoted()));
      } else if (options_.quotes && c == '"') {
        output.add_literal(TRY(double_quoted(keep_escapes)));
      } else if (c == options_.escape) {
        ++position_;
        if (keep_escapes) output.add_literal(std::string_view(&c, 1));
        if (at_end()) break;
        char escaped = next();
        output.add_literal(std::string_view(&escaped, 1));
      } else {
        ++position_;
        output.add(std::string_view(&c, 1));
      }
    }
    if (stop != '\0') return problem(fmt::format("a '${{' lacks its '{}'", stop), stop == '}' ? kCloseBrace : "");
    return output;
  }

  Result<std::string> single_quoted() {
    std::size_t start = position_++;
    std::size_t end = text_.find('\'', position_);
    if (end == std::string_view::npos) return problem("a single quote is not closed", kCloseQuote);
    position_ = end + 1;
    if (options_.keep_quotes) return std::string(text_.substr(start, position_ - start));
    return std::string(text_.substr(start + 1, end - start - 1));
  }

  Result<std::string> double_quoted(bool keep_escapes) {
    std::string result;
    ++position_;
    if (options_.keep_quotes) result += '"';
    while (!at_end()) {
      char c = peek();
      if (c == '$') {
        result += TRY(substitution());
        continue;
      }
      ++position_;
      if (c == '"') {
        if (options_.keep_quotes) result += '"';
        return result;
      }
      if (c == options_.escape) {
        if (keep_escapes) result += c;
        if (at_end()) break;
        if (peek() == '"' || peek() == '$' || peek() == options_.escape) c = next();
      }
      result += c;
    }
    return problem("a double quote is not closed", kCloseQuote);
  }

  std::string name() {
    std::size_t start = position_;
    if (!at_end() && is_digit(peek())) {
      while (!at_end() && is_digit(peek())) ++position_;
    } else if (!at_end() && is_special_parameter(peek())) {
      ++position_;
    } else {
      while (!at_end() && is_name_character(peek())) ++position_;
    }
    return std::string(text_.substr(start, position_ - start));
  }

  Result<std::string> substitution() {
    std::size_t start = position_++;
    if (peek() == '{') {
      if (++depth_ > kMaxDepth) return problem("substitutions are nested too deeply");
      std::string value = TRY(braced(start));
      --depth_;
      return value;
    }
    std::string variable = name();
    if (variable.empty()) return std::string("$");
    auto value = variables_(variable);
    if (!value && options_.keep_unset) return "$" + variable;
    return value.value_or("");
  }

  Result<std::string> braced(std::size_t start) {
    ++position_;
    if (at_end()) return problem("a '${' lacks its '}'", kCloseBrace);
    if (peek() == '{' || peek() == '}' || peek() == ':') return problem("a '${' names no variable");
    std::string variable = name();
    auto value = variables_(variable);
    std::string result = TRY(modified(variable, value));
    if (!value && options_.keep_unset) return std::string(text_.substr(start, position_ - start));
    return result;
  }

  // What follows the name in ${name…}, its '}' included.
  Result<std::string> modified(const std::string& variable, const std::optional<std::string>& value) {
    if (at_end()) return problem(fmt::format("'${{{}' lacks its '}}'", variable), kCloseBrace);
    char modifier = next();
    switch (modifier) {
      case '}':
        return value.value_or("");
      case '/':
        return replaced(value.value_or(""));
      case '#':
      case '%':
        return trimmed(modifier, value.value_or(""));
      case '-':
      case '+':
      case '?':
        return chosen(variable, modifier, value, false);
      case ':':
        if (peek() == '-' || peek() == '+' || peek() == '?') return chosen(variable, next(), value, true);
        return problem(fmt::format("'${{{}:{}' has an unsupported modifier ':{}'", variable, text_.substr(position_, 1),
                                   text_.substr(position_, 1)),
                       kModifiers);
      default:
        return problem(fmt::format("'${{{}{}' has an unsupported modifier '{}'", variable, modifier, modifier),
                       kModifiers);
    }
  }

  Result<std::string> chosen(const std::string& variable, char modifier, const std::optional<std::string>& value,
                             bool empty_is_unset) {
    Output output = TRY(until('}', options_.keep_escapes));
    std::string word = output.take_text();
    bool present = value && !(empty_is_unset && value->empty());
    if (modifier == '+') return present ? word : std::string();
    if (present) return *value;
    if (modifier == '-') return word;
    if (options_.keep_unset && !value) return std::string();
    if (word.empty()) word = value ? "must not be empty" : "must be set";
    return problem(fmt::format("variable '{}': {}", variable, word));
  }

  Result<std::string> trimmed(char side, const std::string& value) {
    Output output = TRY(until('}', true));
    std::string word = output.take_text();
    bool longest = !word.empty() && word.front() == side;
    ShellPattern pattern = TRY(ShellPattern::parse(std::string_view(word).substr(longest ? 1 : 0)));
    auto reach = longest ? ShellPattern::Reach::longest : ShellPattern::Reach::shortest;
    return side == '#' ? pattern.without_prefix(value, reach) : pattern.without_suffix(value, reach);
  }

  Result<std::string> replaced(const std::string& value) {
    bool all = peek() == '/';
    if (all) ++position_;
    Output output = TRY(until('/', true));
    ShellPattern pattern = TRY(ShellPattern::parse(output.take_text()));
    output = TRY(until('}', true));
    return pattern.replace(value, output.take_text(), all);
  }

  std::string_view text_;
  const Variables& variables_;
  const ExpandOptions& options_;
  std::size_t position_ = 0;
  int depth_ = 0;
};

Result<Output> expanded(std::string_view text, const Variables& variables, const ExpandOptions& options) {
  return TRY_AS(fmt::format("'{}'", text), Expansion(text, variables, options).run());
}

}  // namespace

Result<std::string> expand(std::string_view text, const Variables& variables, const ExpandOptions& options) {
  Output output = TRY(expanded(text, variables, options));
  return output.take_text();
}

Result<std::vector<std::string>> expand_words(std::string_view text, const Variables& variables,
                                              const ExpandOptions& options) {
  Output output = TRY(expanded(text, variables, options));
  return output.take_words();
}

}  // namespace aictr::images
