#include "oci/json.h"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace aictr::oci {
namespace {

using Library = nlohmann::ordered_json;

constexpr std::size_t kMaxDepth = 128;

// Builds our value from the library's events; nothing of the library is kept.
class Builder : public nlohmann::json_sax<Library> {
 public:
  bool null() override { return add(Json(nullptr)); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    // One type for what fits in it, so that readers need not ask for two.
    if (value <= static_cast<std::uint64_t>(INT64_MAX)) return add(Json(static_cast<std::int64_t>(value)));
    return add(Json(std::uint64_t{value}));
  }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(double{value})); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json(Json::Object())); }
  bool start_array(std::size_t) override { return open(Json(Json::Array())); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    keys_.back() = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    position_ = position;
    reason_ = error.what();
    return false;
  }

  Json take() { return std::move(root_); }
  std::size_t position() const { return position_; }
  const std::string& reason() const { return reason_; }

 private:
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<Json::Array>(&open_.back().value())) {
      array->push_back(std::move(value));
    } else {
      // Not set(): that looks for the name first, which for a hostile object of a million members takes for ever.
      std::get<Json::Object>(open_.back().value()).emplace_back(keys_.back(), std::move(value));
    }
    return true;
  }
  bool open(Json container) {
    if (open_.size() == kMaxDepth) {
      reason_ = "nested too deeply";
      return false;
    }
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Json done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }

  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> keys_;
  std::size_t position_ = 0;
  std::string reason_;
};

// The library's text starts with its own id and position: "[json.exception.…] parse error at line 1, column 2: …".
std::string shorten(const std::string& reason) {
  auto end = reason.find("] parse error ");
  return end == std::string::npos ? reason : reason.substr(end + 14);
}

Library to_library(const Json& json) {
  return std::visit(
      [](const auto& value) -> Library {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, Json::Array>) {
          Library array = Library::array();
          for (const Json& item : value) array.push_back(to_library(item));
          return array;
        } else if constexpr (std::is_same_v<T, Json::Object>) {
          // Not operator[], which looks through all members for the name; see Builder::add.
          Library::object_t object;
          for (const auto& [name, member] : value) object.push_back({name, to_library(member)});
          return Library(std::move(object));
        } else {
          return value;
        }
      },
      json.value());
}

}  // namespace

const Json* Json::find(std::string_view name) const {
  const auto* object = as<Object>();
  if (object == nullptr) return nullptr;
  for (auto member = object->rbegin(); member != object->rend(); ++member) {
    if (member->first == name) return &member->second;
  }
  return nullptr;
}

void Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object();
  auto& object = std::get<Object>(value_);
  for (auto& [key, old] : object) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  object.emplace_back(std::string(name), std::move(value));
}

Result<Json> parse_json(std::string_view text) {
  Builder builder;
  if (Library::sax_parse(text, &builder)) return builder.take();
  return make_error(Kind::corrupt, fmt::format("not valid JSON: {}", shorten(builder.reason())));
}

std::string print_json(const Json& json, int indent) {
  // Bytes that are not UTF-8 (a file name, say) are replaced rather than thrown at the caller.
  return to_library(json).dump(indent, ' ', false, Library::error_handler_t::replace);
}

}  // namespace aictr::oci
