#include "base/error.h"

#include <memory>

#include <doctest/doctest.h>

#include "base/result.h"
#include "base/scope.h"
#include "base/unique_fd.h"

using namespace aictr;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return make_error(Kind::usage, "odd", "take an even one");
  return number / 2;
}

Result<int> quarter(int number) {
  int once = TRY_AS("first", half(number));
  return TRY_AS("second", half(once));
}

Result<void> check_quarter(int number) {
  TRY(quarter(number));
  return {};
}

}  // namespace

TEST_CASE("contexts stand in front of the cause, which keeps its kind, code and hint") {
  auto failed = quarter(6);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message == "second: odd");
  CHECK(failed.error().kind == Kind::usage);
  CHECK(failed.error().hint == "take an even one");
  CHECK(quarter(8).value() == 2);
  CHECK(quarter(7).error().message == "first: odd");
  CHECK(check_quarter(8).ok());
  CHECK(check_quarter(6).error().message == "second: odd");
}

TEST_CASE("a system call's error has its errno, its words and its kind") {
  Error error = sys_error("open 'x'", ENOENT);
  CHECK(error.code == ENOENT);
  CHECK(error.message == "open 'x': No such file or directory");
  CHECK(error.kind == Kind::not_found);
  CHECK(sys_error("x", EACCES).kind == Kind::denied);
  CHECK(sys_error("x", EEXIST).kind == Kind::exists);
  CHECK(sys_error("x", EBUSY).kind == Kind::busy);
  CHECK(sys_error("x", ENOSYS).kind == Kind::unsupported);
  CHECK(sys_error("x", EIO).kind == Kind::internal);
}

TEST_CASE("kind and hint can be replaced") {
  Error error = sys_error("x", EIO).with_kind(Kind::network).with_hint("wait").context("y");
  CHECK(error.kind == Kind::network);
  CHECK(error.hint == "wait");
  CHECK(error.message == "y: x: Input/output error");
}

TEST_CASE("a result carries what can only be moved") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  auto owned = std::move(result).value();
  CHECK(*owned == 7);
  CHECK(Result<int>(make_error(Kind::busy, "x")).value_or(3) == 3);
  CHECK(Result<int>(5).value_or(3) == 5);
}

TEST_CASE("a deferred call happens once at the end of the scope, unless it is dismissed") {
  int calls = 0;
  {
    Defer defer([&] { ++calls; });
  }
  CHECK(calls == 1);
  {
    Defer defer([&] { ++calls; });
    defer.dismiss();
  }
  CHECK(calls == 1);
}

TEST_CASE("a descriptor is owned by one object and closed with it") {
  int fds[2];
  REQUIRE(::pipe(fds) == 0);
  UniqueFd read_end(fds[0]);
  {
    UniqueFd first(fds[1]);
    UniqueFd second(std::move(first));
    CHECK_FALSE(first);
    CHECK(second.get() == fds[1]);
    UniqueFd& same = second;
    second = std::move(same);
    CHECK(second.get() == fds[1]);
  }
  char c;
  CHECK(::read(read_end.get(), &c, 1) == 0);  // the other end is closed
}
