#include "oci/json_pointer.h"

#include <algorithm>
#include <optional>

#include "oci/json.h"

namespace aictr::oci {
namespace {

// Walks over valid JSON and notes the line of the longest pointer that is a part of the wanted one.
class Walk {
 public:
  Walk(std::string_view text, std::string_view wanted) : text_(text), wanted_(wanted) {}

  unsigned line() {
    skip_blanks();
    found_ = line_;
    value("");
    return found_;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }

  char take() {
    char c = at_end() ? '\0' : text_[at_++];
    if (c == '\n') ++line_;
    return c;
  }

  void skip_blanks() {
    while (!at_end() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) take();
  }

  std::string string() {
    std::size_t begin = at_;
    take();
    while (!at_end() && text_[at_] != '"') {
      if (text_[at_] == '\\') take();
      take();
    }
    take();
    auto parsed = parse_json(text_.substr(begin, at_ - begin));
    const auto* text = parsed.ok() ? parsed.value().as<std::string>() : nullptr;
    return text != nullptr ? *text : "";
  }

  void visit(const std::string& pointer, unsigned line) {
    // Of members with one name the last counts, as it does for the reader.
    if (wanted_ == pointer || wanted_.starts_with(pointer + "/")) found_ = line;
  }

  void value(const std::string& pointer) {
    skip_blanks();
    char c = at_end() ? '\0' : text_[at_];
    if (c == '{' || c == '[') {
      container(pointer, c == '{');
    } else if (c == '"') {
      string();
    } else {
      while (!at_end() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) take();
    }
  }

  void container(const std::string& pointer, bool object) {
    take();
    for (std::size_t i = 0; !at_end(); ++i) {
      skip_blanks();
      if (at_end() || text_[at_] == '}' || text_[at_] == ']') break;
      unsigned line = line_;
      std::string inner = pointer + pointer_token(object ? string() : std::to_string(i));
      visit(inner, line);
      if (object) {
        skip_blanks();
        take();  // the colon
      }
      value(inner);
      skip_blanks();
      if (!at_end() && text_[at_] == ',') take();
    }
    take();
  }

  std::string_view text_;
  std::string_view wanted_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  unsigned found_ = 1;
};

}  // namespace

std::string pointer_token(std::string_view name) {
  std::string token = "/";
  for (char c : name) {
    if (c == '~' || c == '/') {
      token += c == '~' ? "~0" : "~1";
    } else {
      token += c;
    }
  }
  return token;
}

unsigned line_in_json(std::string_view json, std::string_view pointer) {
  return Walk(json, pointer).line();
}

unsigned line_in_table(const std::map<std::string, unsigned>& lines, std::string_view pointer) {
  while (true) {
    auto line = lines.find(std::string(pointer));
    if (line != lines.end()) return line->second;
    if (pointer.empty()) return 1;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

}  // namespace aictr::oci
