#include "images/registry_challenge.h"

#include <cctype>

#include "base/text.h"

namespace aictr::images {
namespace {

bool is_token(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~/").find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }

  void skip(std::string_view set) {
    while (!at_end() && set.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string token() {
    std::size_t start = at_;
    while (!at_end() && is_token(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  std::string value() {
    if (!take('"')) return token();
    std::string text;
    while (!at_end() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      text += text_[at_++];
    }
    take('"');
    return text;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Reader reader(header);
  for (;;) {
    reader.skip(" \t,");
    if (reader.at_end()) return challenges;
    std::string word = lower(reader.token());
    if (word.empty()) return challenges;  // noise
    reader.skip(" \t");
    if (!reader.take('=')) {
      challenges.push_back({word, {}});
      continue;
    }
    reader.skip(" \t");
    std::string value = reader.value();
    if (!challenges.empty()) challenges.back().parameters[word] = value;
  }
}

}  // namespace aictr::images
