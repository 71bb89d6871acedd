#include "images/hash.h"

#include <string>

#include <doctest/doctest.h>

#include "images/background_hash.h"

using namespace aictr::images;

namespace {

// FIPS 180-4's own examples.
constexpr std::string_view kEmpty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

}  // namespace

TEST_CASE("known digests") {
  CHECK(sha256("").text() == kEmpty);
  CHECK(sha256("abc").text() == kAbc);
  CHECK(BackgroundHash().finish().text() == kEmpty);
}

TEST_CASE("in the background, and in pieces of any size, the digest is the same") {
  std::string data(5 * (1 << 20) + 17, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 7919 >> 5);
  for (std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20, (std::size_t{1} << 20) + 1, data.size()}) {
    CAPTURE(piece);
    BackgroundHash hash;
    for (std::size_t at = 0; at < data.size(); at += piece) hash.update(std::string_view(data).substr(at, piece));
    CHECK(hash.finish() == sha256(data));
  }
}

TEST_CASE("a hash that nobody finishes ends its thread") {
  BackgroundHash hash;
  hash.update("abc");
  BackgroundHash moved = std::move(hash);
  moved.update(std::string(3 << 20, 'x'));
}
