#include "images/zstd_source.h"

#include <doctest/doctest.h>
#include <zstd.h>

#include "images/decompress.h"

using namespace aictr;
using namespace aictr::images;

namespace {

class PieceSource final : public ByteSource {
 public:
  PieceSource(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}
  Result<std::string_view> next() override {
    std::string_view data = std::string_view(text_).substr(at_, piece_);
    at_ += data.size();
    return data;
  }

 private:
  std::string text_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

std::string sample(std::size_t size, std::uint32_t noise) {
  std::string text;
  while (text.size() < size) {
    noise = noise * 1664525 + 1013904223;
    text += noise % 3 == 0 ? static_cast<char>(noise >> 24) : 'a';
  }
  return text;
}

enum class TellsSize { no, yes };

std::string frame(const std::string& text, TellsSize tells) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, tells == TellsSize::yes ? 1 : 0);
  std::string output(ZSTD_compressBound(text.size()), '\0');
  std::size_t n = ZSTD_compress2(context, output.data(), output.size(), text.data(), text.size());
  ZSTD_freeCCtx(context);
  REQUIRE(ZSTD_isError(n) == 0);
  output.resize(n);
  return output;
}

// RFC 8878, "Skippable Frames".
std::string skippable(std::size_t size) {
  std::string text("\x50\x2a\x4d\x18", 4);
  for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(size >> shift & 255);
  return text + std::string(size, 'x');
}

Result<std::string> decompress(const std::string& text, std::size_t piece) {
  PieceSource source(text, piece);
  Decompressor plain(source);
  std::string output;
  for (;;) {
    std::string_view data = TRY(plain.next());
    if (data.empty()) return output;
    output += data;
  }
}

void check_damaged(const std::string& text, const std::string& reason) {
  auto result = decompress(text, 1 << 16);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == Kind::corrupt);
  CHECK_MESSAGE(result.error().message.find(reason) != std::string::npos, result.error().message);
}

}  // namespace

TEST_CASE("frames of zstd come back in their order, whatever they tell of their size") {
  std::string text;
  std::string compressed;
  for (std::uint32_t i = 0; i < 24; ++i) {
    std::string part = sample(i % 7 == 6 ? 5000000 : 300000 + i * 10007, i);
    text += part;
    compressed += frame(part, i % 5 == 4 ? TellsSize::no : TellsSize::yes);
    if (i % 4 == 3) compressed += frame("", TellsSize::yes) + skippable(i * 1000);
  }
  for (std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20, compressed.size()}) {
    CAPTURE(piece);
    auto plain = decompress(compressed, piece);
    REQUIRE_MESSAGE(plain.ok(), (plain.ok() ? "" : plain.error().message));
    CHECK(plain.value() == text);
  }
}

TEST_CASE("a stream of zstd may come byte by byte, and begin with a frame to be skipped") {
  std::string text = sample(3000, 1);
  std::string compressed = frame(text, TellsSize::yes) + skippable(10) + frame(text, TellsSize::no);
  CHECK(decompress(compressed, 1).value() == text + text);
  CHECK(decompress(skippable(10) + compressed, 100).value() == text + text);
}

TEST_CASE("a damaged stream of zstd is told from a whole one") {
  for (TellsSize tells : {TellsSize::yes, TellsSize::no}) {
    std::string good = frame(sample(500000, 1), tells);
    std::string both = good + good;
    for (std::size_t cut : {good.size() + 1, good.size() + 10, good.size() + 1000, both.size() - 1}) {
      CAPTURE(cut);
      check_damaged(both.substr(0, cut), "it ends early");
    }
    std::string changed = both;
    changed[both.size() - 2] ^= 1;  // in the checksum
    check_damaged(changed, "checksum");
    check_damaged(both + "what is this, at the end of it?", "invalid");
  }
}
