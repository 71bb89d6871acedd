#pragma once

#include <utility>
#include <variant>

#include "base/error.h"

namespace aictr {

// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T value() && { return std::get<0>(std::move(state_)); }
  T value_or(T other) && { return ok() ? std::get<0>(std::move(state_)) : std::move(other); }
  const Error& error() const& { return std::get<1>(state_); }
  Error error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}

  bool ok() const { return !failed_; }
  void value() const {}
  const Error& error() const& { return error_; }
  Error error() && { return std::move(error_); }

 private:
  bool failed_ = false;
  Error error_;
};

// For the rare place where a failure makes no difference to what follows; say why beside it.
template <class T>
void ignore(const Result<T>&) {}

}  // namespace aictr

// The value of `expr`, or return its error from this function. Never inside another TRY, never bound to a reference.
#define TRY(expr)                                               \
  __extension__({                                               \
    auto try_result = (expr);                                   \
    if (!try_result.ok()) return std::move(try_result).error(); \
    std::move(try_result).value();                              \
  })

// The same, with `what` put in front of the error's message.
#define TRY_AS(what, expr)                                                    \
  __extension__({                                                             \
    auto try_result = (expr);                                                 \
    if (!try_result.ok()) return std::move(try_result).error().context(what); \
    std::move(try_result).value();                                            \
  })
