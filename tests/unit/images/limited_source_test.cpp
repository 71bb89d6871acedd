#include "images/limited_source.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

// Pieces of ten bytes, for ever.
class Endless final : public ByteSource {
 public:
  Result<std::string_view> next() override { return std::string_view("0123456789"); }
};

}  // namespace

TEST_CASE("a limited source gives what is within its limit and no byte more") {
  Endless endless;
  LimitedSource limited(endless, 25);
  CHECK(limited.next().value().size() == 10);
  CHECK(limited.next().value().size() == 10);
  auto third = limited.next();
  REQUIRE_FALSE(third.ok());
  CHECK(third.error().kind == Kind::corrupt);
}

TEST_CASE("what a layer may unpack to depends on its size, and small ones may always be large") {
  CHECK(most_unpacked(0) == 1LL << 30);
  CHECK(most_unpacked(10 << 20) == 200LL * (10 << 20));
  CHECK(most_unpacked(kNoLimit) == kNoLimit);
}
