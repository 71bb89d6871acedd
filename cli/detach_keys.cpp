#include "cli/detach_keys.h"

#include <fcntl.h>

#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kControl = "ctrl-";

Result<char> parse_key(const std::string& text) {
  if (text.size() == 1) return text[0];
  std::string_view word = text;
  if (lower(word).starts_with(kControl) && word.size() == kControl.size() + 1) {
    char key = lower(word).back();
    if (key >= 'a' && key <= 'z') return static_cast<char>(key - 'a' + 1);
    if (key == '@') return '\0';
    if (key >= '[' && key <= '_') return static_cast<char>(key - '[' + 27);
  }
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --detach-keys", text),
                    "write letters and ctrl-LETTER with commas between them, such as ctrl-],ctrl-]");
}

std::string config_path() {
  if (const char* folder = std::getenv("DOCKER_CONFIG")) return fmt::format("{}/config.json", folder);
  const char* home = std::getenv("HOME");
  return fmt::format("{}/.docker/config.json", home == nullptr ? "" : home);
}

}  // namespace

Result<DetachKeys> DetachKeys::parse(std::string_view text) {
  DetachKeys keys;
  if (text.empty()) return keys;
  for (const std::string& key : split(text, ',')) keys.keys_ += TRY(parse_key(key));
  return keys;
}

std::string DetachKeys::pass(std::string_view typed) {
  if (keys_.empty()) return std::string(typed);
  std::string passed;
  for (char key : typed) {
    if (complete_) break;
    if (key == keys_[matched_]) {
      complete_ = ++matched_ == keys_.size();
      continue;
    }
    // The begin of the sequence was none; it may begin again with this key.
    passed += give_back();
    if (key == keys_[0]) {
      matched_ = 1;
      complete_ = keys_.size() == 1;
    } else {
      passed += key;
    }
  }
  return passed;
}

std::string DetachKeys::give_back() {
  return keys_.substr(0, std::exchange(matched_, 0));
}

// A file that is not there or makes no sense is for `aictr login` to complain about.
std::string usual_detach_keys() {
  std::string usual(DetachKeys::kDefault);
  auto text = read_file(AT_FDCWD, config_path());
  if (!text.ok()) return usual;
  auto json = oci::parse_json(text.value());
  if (!json.ok()) return usual;
  const oci::Json* keys = json.value().find("detachKeys");
  const auto* value = keys == nullptr ? nullptr : keys->as<std::string>();
  return value == nullptr || value->empty() ? usual : *value;
}

}  // namespace aictr::cli
