#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "oci/codec.h"
#include "oci/yaml.h"

namespace aictr::oci {
namespace {

struct Packed {
  std::string error;  // empty: there is none
  Json root;
  std::map<std::string, unsigned> lines;
};

template <class Codec>
void fields(Codec& codec, Is<Packed> auto& packed) {
  codec("error", packed.error);
  codec("root", packed.root);
  codec("lines", packed.lines);
}

// Plain only when no YAML reader, old or new, sees anything but this text in it.
bool is_plain(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kSafe = "0123456789_-./=+@,";
  constexpr std::string_view kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
  if (text.empty() || (kLetters.find(text[0]) == std::string_view::npos && text[0] != '/')) return false;
  for (char c : text) {
    if (kLetters.find(c) == std::string_view::npos && kSafe.find(c) == std::string_view::npos) return false;
  }
  return std::find(std::begin(kWords), std::end(kWords), lower(text)) == std::end(kWords);
}

// A string of JSON in double quotes is one of YAML, too.
std::string scalar_text(const Json& json) {
  const auto* text = json.as<std::string>();
  return text != nullptr && is_plain(*text) ? *text : print_json(json);
}

bool is_block(const Json& json) {
  const auto* array = json.as<Json::Array>();
  const auto* object = json.as<Json::Object>();
  return (array != nullptr && !array->empty()) || (object != nullptr && !object->empty());
}

// `first` is what the first line starts with instead of the indentation, which is already written.
void print_block(const Json& json, std::size_t indent, bool on_line, std::string& out) {
  std::string margin(indent, ' ');
  auto start_line = [&] {
    if (!on_line) out += margin;
    on_line = false;
  };
  if (const auto* array = json.as<Json::Array>()) {
    for (const Json& item : *array) {
      start_line();
      out += "- ";
      if (is_block(item)) {
        print_block(item, indent + 2, true, out);
      } else {
        out += scalar_text(item) + "\n";
      }
    }
  } else if (const auto* object = json.as<Json::Object>()) {
    for (const auto& [name, value] : *object) {
      start_line();
      out += scalar_text(Json(name)) + ":";
      if (is_block(value)) {
        out += "\n";
        print_block(value, value.as<Json::Array>() != nullptr ? indent : indent + 2, false, out);
      } else {
        out += " " + scalar_text(value) + "\n";
      }
    }
  }
}

}  // namespace

std::string pack_yaml_result(const Result<YamlDocument>& result) {
  Packed packed;
  if (result.ok()) {
    packed.root = result.value().root;
    packed.lines = result.value().lines;
  } else {
    packed.error = result.error().message;
  }
  return print_json(Encoder::encode(packed));
}

Result<YamlDocument> unpack_yaml_result(std::string_view text) {
  Json json = TRY(parse_json(text));
  Packed packed = TRY(Decoder::decode<Packed>(json, "the YAML reader's answer"));
  if (!packed.error.empty()) return make_error(Kind::corrupt, packed.error);
  return YamlDocument{std::move(packed.root), std::move(packed.lines)};
}

std::string print_yaml(const Json& json) {
  if (!is_block(json)) return scalar_text(json) + "\n";
  std::string out;
  print_block(json, 0, false, out);
  return out;
}

}  // namespace aictr::oci
