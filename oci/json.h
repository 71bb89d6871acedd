#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace aictr::oci {

// A JSON value (RFC 8259) that keeps the order of an object's members, so that what is read and written again looks the
// same. Of members with one name the last counts. Integers keep all 64 bits.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;
  using Value = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;

  Json() = default;
  Json(Value value) : value_(std::move(value)) {}

  const Value& value() const { return value_; }
  Value& value() { return value_; }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value_);
  }
  bool is_null() const { return as<std::nullptr_t>() != nullptr; }

  // The member of an object; null when there is none, or when this is no object.
  const Json* find(std::string_view name) const;
  // Sets or appends a member; makes this an object when it is null.
  void set(std::string_view name, Json value);

 private:
  Value value_ = nullptr;
};

// Kind::corrupt, with line and column, for text that is not one JSON value. `indent` < 0 prints everything on one line.
Result<Json> parse_json(std::string_view text);
std::string print_json(const Json& json, int indent = -1);

}  // namespace aictr::oci
