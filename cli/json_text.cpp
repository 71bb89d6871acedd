#include "cli/json_text.h"

#include <cstddef>

namespace aictr::cli {
namespace {

constexpr char kHex[] = "0123456789abcdef";

unsigned char byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool continues(unsigned char byte) {
  return (byte & 0xc0U) == 0x80;
}

// How many bytes the character at `at` has (Unicode 15, table 3-7); 0: it is none.
std::size_t length_of_character(std::string_view text, std::size_t at) {
  unsigned char first = byte_at(text, at);
  unsigned char second = byte_at(text, at + 1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || !continues(second)) return 0;
  if (first < 0xe0) return 2;
  bool third = continues(byte_at(text, at + 2));
  if (first < 0xf0) {
    bool shortest = first != 0xe0 || second >= 0xa0;
    bool no_surrogate = first != 0xed || second < 0xa0;
    return third && shortest && no_surrogate ? 3 : 0;
  }
  bool in_range = (first != 0xf0 || second >= 0x90) && (first != 0xf4 || second < 0x90) && first < 0xf5;
  return third && in_range && continues(byte_at(text, at + 3)) ? 4 : 0;
}

void append_escaped(std::string& to, unsigned char byte) {
  switch (byte) {
    case '"':
      to += "\\\"";
      return;
    case '\\':
      to += "\\\\";
      return;
    case '\n':
      to += "\\n";
      return;
    case '\r':
      to += "\\r";
      return;
    case '\t':
      to += "\\t";
      return;
    default:
      to += "\\u00";
      to += kHex[byte >> 4U];
      to += kHex[byte & 0xfU];
  }
}

bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

}  // namespace

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
    to.append(text.substr(at, end - at));
    at = end;
    if (at == text.size()) break;
    std::size_t length = length_of_character(text, at);
    if (length == 1) {
      append_escaped(to, static_cast<unsigned char>(text[at]));
    } else if (length == 0) {
      to += "\\ufffd";
      length = 1;
    } else {
      to.append(text.substr(at, length));
    }
    at += length;
  }
  to += '"';
}

}  // namespace aictr::cli
