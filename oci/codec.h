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
// error that names its JSON pointer (RFC 6901); an unknown member is ignored, or in a strict reading refused. Writing:
// an optional member that is empty, zero or false is left out, so what must be told apart from its absence is a
// std::optional. Included by .cpp files of oci/ only: it costs compile time.

#include <algorithm>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "oci/json.h"
#include "oci/json_pointer.h"

namespace aictr::oci {

enum class Presence { optional, required };
inline constexpr Presence required = Presence::required;

template <class P, class T>
concept Is = std::same_as<std::remove_const_t<P>, T>;

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;

// How a format is read that is stricter than others (CDI).
struct Reading {
  bool strict = false;            // unknown members, and members that are there twice, are errors
  bool scalars_are_text = false;  // a whole number or true where a string is wanted is its text: YAML without quotes
};

struct Problem {
  std::string pointer;
  std::string reason;  // empty: there is none
};

class Decoder {
 public:
  // The value as far as it could be read; with `problem` filled in it is not to be used.
  template <class T>
  static T decode(const Json& json, Reading reading, Problem& problem) {
    Decoder decoder;
    decoder.reading_ = reading;
    T into{};
    decoder.read(json, into);
    problem = std::move(decoder.problem_);
    return into;
  }

  // `what` names the document in an error: "config.json".
  template <class T>
  static Result<T> decode(const Json& json, std::string_view what) {
    Decoder decoder;
    T into{};
    decoder.read(json, into);
    const Problem& problem = decoder.problem_;
    if (problem.reason.empty()) return into;
    std::string where = problem.pointer.empty() ? "the document" : problem.pointer;
    return make_error(Kind::corrupt, std::string(what) + ": " + where + " " + problem.reason);
  }

  template <class T>
  void operator()(std::string_view name, T& into, Presence presence = Presence::optional) {
    if (!problem_.reason.empty()) return;
    if (reading_.strict) known_.push_back(name);
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
      pointer_ += pointer_token(token);
    }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;
    ~Step() { pointer_.resize(length_); }

   private:
    std::string& pointer_;
    std::size_t length_;
  };

  void fail(std::string_view reason) {
    if (problem_.reason.empty()) problem_ = {pointer_, std::string(reason)};
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
    } else if (const auto* number = json.as<std::int64_t>(); number != nullptr && reading_.scalars_are_text) {
      into = std::to_string(*number);
    } else if (const auto* truth = json.as<bool>(); truth != nullptr && reading_.scalars_are_text) {
      into = *truth ? "true" : "false";
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
    for (std::size_t i = 0; i < array->size() && problem_.reason.empty(); ++i) {
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
      if (!problem_.reason.empty()) return;
      Step step(*this, name);
      if (reading_.strict && into.contains(name)) return fail("is there twice");
      read(value, into[name]);
    }
  }

  template <class T>
  requires std::is_class_v<T>
  void read(const Json& json, T& into) {
    if (json.as<Json::Object>() == nullptr) return fail("must be an object");
    const Json* outer = std::exchange(object_, &json);
    auto outer_known = std::exchange(known_, {});
    fields(*this, into);
    if (reading_.strict) refuse_strangers();
    object_ = outer;
    known_ = std::move(outer_known);
  }

  // After fields(). Short although it compares all with all: there are no more members than fields() knows, and one.
  void refuse_strangers() {
    const auto& members = *object_->as<Json::Object>();
    for (auto member = members.begin(); member != members.end() && problem_.reason.empty(); ++member) {
      Step step(*this, member->first);
      auto same = [&](const auto& other) { return other.first == member->first; };
      if (std::find(known_.begin(), known_.end(), member->first) == known_.end()) {
        fail("is unknown");
      } else if (std::any_of(members.begin(), member, same)) {
        fail("is there twice");
      }
    }
  }

  const Json* object_ = nullptr;
  std::vector<std::string_view> known_;  // the members of object_ that were asked for
  std::string pointer_;
  Problem problem_;
  Reading reading_;
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
