#pragma once

// Typed structs from and to JSON. A struct takes part by one function beside it that lists its members, which serves
// both directions:
//
//   template <class Codec>
//   void fields(Codec& codec, Is<Root> auto& root) {
//     codec("path", root.path, required);
//     codec("readonly", root.readonly);
//   }
//
// Reading: a member that is absent or null leaves the struct's default; a wrong type or a number out of range is an
// error that names its JSON pointer (RFC 6901); an unknown member is ignored. Writing: an optional member that is
// empty, zero or false is left out, so what must be told apart from its absence is a std::optional. Included by .cpp
// files of oci/ only: it costs compile time.

#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "oci/json.h"

namespace aictr::oci {

enum class Presence { optional, required };
inline constexpr Presence required = Presence::required;

template <class P, class T>
concept Is = std::same_as<std::remove_const_t<P>, T>;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

class Decoder {
 public:
  // `what` names the document in an error: "config.json".
  template <class T>
  static Result<T> decode(const Json& json, std::string_view what) {
    Decoder decoder;
    T into{};
    decoder.read(json, into);
    if (!decoder.problem_.empty()) return make_error(Kind::corrupt, std::string(what) + ": " + decoder.problem_);
    return into;
  }

  template <class T>
  void operator()(std::string_view name, T& into, Presence presence = Presence::optional) {
    if (!problem_.empty()) return;
    Step step(*this, name);
    const Json* member = object_->find(name);
    if (member != nullptr && !member->is_null()) {
      read(*member, into);
    } else if (presence == Presence::required) {
      fail("is missing");
    }
  }

 private:
  // Appends one reference token to the pointer for as long as it is being read.
  class Step {
   public:
    Step(Decoder& decoder, std::string_view token) : pointer_(decoder.pointer_), length_(decoder.pointer_.size()) {
      pointer_ += '/';
      for (char c : token) {
        if (c == '~' || c == '/') {
          pointer_ += c == '~' ? "~0" : "~1";
        } else {
          pointer_ += c;
        }
      }
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { pointer_.resize(length_); }

   private:
    std::string& pointer_;
    std::size_t length_;
  };

  void fail(std::string_view reason) {
    if (problem_.empty()) problem_ = (pointer_.empty() ? "the document" : pointer_) + " " + std::string(reason);
  }

  void read(const Json& json, Json& into) { into = json; }

  void read(const Json& json, bool& into) {
    if (const auto* value = json.as<bool>()) {
      into = *value;
    } else {
      fail("must be true or false");
    }
  }

  void read(const Json& json, std::string& into) {
    if (const auto* value = json.as<std::string>()) {
      into = *value;
    } else {
      fail("must be a string");
    }
  }

  void read(const Json& json, double& into) {
    if (const auto* value = json.as<double>()) {
      into = *value;
    } else if (const auto* whole = json.as<std::int64_t>()) {
      into = static_cast<double>(*whole);
    } else {
      fail("must be a number");
    }
  }

  template <Integer T>
  void read(const Json& json, T& into) {
    if (const auto* value = json.as<std::int64_t>()) {
      if (std::in_range<T>(*value)) {
        into = static_cast<T>(*value);
        return;
      }
    } else if (const auto* large = json.as<std::uint64_t>()) {
      if (std::in_range<T>(*large)) {
        into = static_cast<T>(*large);
        return;
      }
    } else {
      return fail("must be a whole number");
    }
    fail("must be between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
         std::to_string(std::numeric_limits<T>::max()));
  }

  template <class T>
  void read(const Json& json, std::optional<T>& into) {
    read(json, into.emplace());
  }

  template <class T>
  void read(const Json& json, std::vector<T>& into) {
    const auto* array = json.as<Json::Array>();
    if (array == nullptr) return fail("must be an array");
    into.clear();
    into.reserve(array->size());
    for (std::size_t i = 0; i < array->size() && problem_.empty(); ++i) {
      Step step(*this, std::to_string(i));
      read((*array)[i], into.emplace_back());
    }
  }

  template <class T>
  void read(const Json& json, std::map<std::string, T>& into) {
    const auto* object = json.as<Json::Object>();
    if (object == nullptr) return fail("must be an object");
    into.clear();
    for (const auto& [name, value] : *object) {
      if (!problem_.empty()) return;
      Step step(*this, name);
      read(value, into[name]);
    }
  }

  template <class T>
  requires std::is_class_v<T>
  void read(const Json& json, T& into) {
    if (json.as<Json::Object>() == nullptr) return fail("must be an object");
    const Json* outer = std::exchange(object_, &json);
    fields(*this, into);
    object_ = outer;
  }

  const Json* object_ = nullptr;
  std::string pointer_;
  std::string problem_;
};

class Encoder {
 public:
  template <class T>
  static Json encode(const T& value) {
    if constexpr (std::is_same_v<T, Json>) {
      return value;
    } else if constexpr (Integer<T>) {
      if constexpr (std::is_signed_v<T> || sizeof(T) < 8) {
        return Json(static_cast<std::int64_t>(value));
      } else {
        return value > static_cast<T>(INT64_MAX) ? Json(static_cast<std::uint64_t>(value))
                                                 : Json(static_cast<std::int64_t>(value));
      }
    } else {
      return encode_compound(value);
    }
  }

  template <class T>
  void operator()(std::string_view name, const T& value, Presence presence = Presence::optional) {
    if (presence == Presence::optional && is_empty(value)) return;
    members_.emplace_back(std::string(name), encode(value));
  }

 private:
  static Json encode_compound(bool value) { return Json(value); }
  static Json encode_compound(double value) { return Json(value); }
  static Json encode_compound(const std::string& value) { return Json(value); }

  template <class T>
  static Json encode_compound(const std::optional<T>& value) {
    return value ? encode(*value) : Json();
  }

  template <class T>
  static Json encode_compound(const std::vector<T>& value) {
    Json::Array array;
    array.reserve(value.size());
    for (const T& item : value) array.push_back(encode(item));
    return Json(std::move(array));
  }

  template <class T>
  static Json encode_compound(const std::map<std::string, T>& value) {
    Json::Object object;
    for (const auto& [name, item] : value) object.emplace_back(name, encode(item));
    return Json(std::move(object));
  }

  template <class T>
  requires std::is_class_v<T>
  static Json encode_compound(const T& value) {
    Encoder encoder;
    fields(encoder, value);
    return Json(std::move(encoder.members_));
  }

  template <class T>
  static bool is_empty(const T& value) {
    if constexpr (std::is_same_v<T, Json>) {
      return value.is_null();
    } else if constexpr (std::is_arithmetic_v<T>) {
      return value == T{};
    } else if constexpr (requires { value.has_value(); }) {
      return !value.has_value();
    } else if constexpr (requires { value.empty(); }) {
      return value.empty();
    } else {
      return false;
    }
  }

  Json::Object members_;
};

}  // namespace aictr::oci
