#include "images/compress.h"

#include <doctest/doctest.h>

#include "images/decompress.h"

using namespace aictr;
using namespace aictr::images;

namespace {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::string_view> next() override {
    if (given_) return std::string_view();
    given_ = true;
    return std::string_view(text_);
  }

 private:
  std::string text_;
  bool given_ = false;
};

// Compressed from pieces of `piece` bytes.
std::string compress(const std::string& text, std::string_view how, std::size_t piece) {
  std::string output;
  Compressor compressor(Compression::parse(how).value(), [&](std::string_view data) {
    output += data;
    return Result<void>();
  });
  for (std::size_t at = 0; at < text.size(); at += piece) {
    REQUIRE(compressor.write(std::string_view(text).substr(at, piece)).ok());
  }
  REQUIRE(compressor.finish().ok());
  return output;
}

std::string decompress(const std::string& text) {
  TextSource source(text);
  Decompressor plain(source);
  std::string output;
  for (;;) {
    auto data = plain.next();
    REQUIRE(data.ok());
    if (data.value().empty()) return output;
    output += data.value();
  }
}

// Some of it compresses well and some not at all.
std::string sample(std::size_t size) {
  std::string text;
  std::uint32_t noise = 1;
  while (text.size() < size) {
    noise = noise * 1664525 + 1013904223;
    text += noise % 3 == 0 ? static_cast<char>(noise >> 24) : 'a';
  }
  return text;
}

}  // namespace

TEST_CASE("what is compressed comes back, whatever its size") {
  for (const char* how : {"gzip", "gzip:1", "gzip:9", "zstd", "zstd:10", "none"}) {
    for (std::size_t size : {std::size_t{1}, std::size_t{1} << 20, (std::size_t{9} << 20) + 17}) {
      CAPTURE(how);
      CAPTURE(size);
      std::string text = sample(size);
      CHECK(decompress(compress(text, how, 1 << 20)) == text);
    }
  }
  for (const char* how : {"gzip", "zstd"}) CHECK(decompress(compress("", how, 1)).empty());
}

TEST_CASE("the pieces in which the stream comes make no difference") {
  std::string text = sample(5 << 20);
  for (const char* how : {"gzip", "zstd"}) CHECK(compress(text, how, 1 << 20) == compress(text, how, 77777));
}

TEST_CASE("a compression is named by its bytes") {
  CHECK(Compression::parse("gzip").value().name() == Compression::parse("gzip:6").value().name());
  CHECK(Compression::parse("zstd").value().name() != Compression::parse("zstd:4").value().name());
  for (const char* text : {"", "lzma", "gzip:", "gzip:0", "gzip:10", "zstd:20", "none:1", "gzip:x"}) {
    CAPTURE(text);
    CHECK_FALSE(Compression::parse(text).ok());
  }
}
