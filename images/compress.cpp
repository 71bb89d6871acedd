#include "images/compress.h"

#include <algorithm>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include "base/text.h"
#include "images/media_type.h"

namespace aictr::images {
namespace {

constexpr int kVersion = 1;  // of the bytes that come out
constexpr std::size_t kGzipBlock = 1 << 20;
constexpr std::size_t kZstdBlock = 4 << 20;
constexpr int kUsualGzip = 6;
constexpr int kUsualZstd = 3;

// Of ISA-L's three levels.
int isal_level(int level) {
  return level <= 3 ? 1 : level <= 6 ? 2 : 3;
}

std::uint32_t level_buffer_size(int level) {
  return level == 1 ? ISAL_DEF_LVL1_DEFAULT : level == 2 ? ISAL_DEF_LVL2_DEFAULT : ISAL_DEF_LVL3_DEFAULT;
}

// Deflate (RFC 1951) that ends on a byte and looks back at nothing before it.
Result<std::string> deflate(std::string input, int level) {
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  std::vector<std::uint8_t> buffer(level_buffer_size(isal_level(level)));
  stream->level = static_cast<std::uint32_t>(isal_level(level));
  stream->level_buf = buffer.data();
  stream->level_buf_size = static_cast<std::uint32_t>(buffer.size());
  stream->flush = FULL_FLUSH;
  stream->gzip_flag = IGZIP_DEFLATE;
  stream->next_in = reinterpret_cast<std::uint8_t*>(input.data());
  stream->avail_in = static_cast<std::uint32_t>(input.size());
  std::string output(input.size() + input.size() / 8 + 1024, '\0');
  stream->next_out = reinterpret_cast<std::uint8_t*>(output.data());
  stream->avail_out = static_cast<std::uint32_t>(output.size());
  if (isal_deflate(stream.get()) != COMP_OK || stream->avail_in != 0 || stream->avail_out == 0) {
    return make_error(Kind::internal, "gzip: a block does not fit its buffer");
  }
  output.resize(output.size() - stream->avail_out);
  return output;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

Result<std::string> zstd_frame(std::string input, int level) {
  std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string output(ZSTD_compressBound(input.size()), '\0');
  std::size_t n = ZSTD_compress2(context.get(), output.data(), output.size(), input.data(), input.size());
  if (ZSTD_isError(n) != 0) return make_error(Kind::internal, fmt::format("zstd: {}", ZSTD_getErrorName(n)));
  output.resize(n);
  return output;
}

void append_little_endian(std::string& text, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(number >> shift & 255);
}

}  // namespace

Result<Compression> Compression::parse(std::string_view text) {
  std::string_view name = text.substr(0, text.find(':'));
  Compression compression;
  if (name == "none") {
    compression.kind = CompressionKind::none;
  } else if (name == "zstd") {
    compression.kind = CompressionKind::zstd;
  } else if (name != "gzip") {
    return make_error(Kind::usage, fmt::format("unknown compression '{}'", text), "gzip, zstd, none, or zstd:LEVEL");
  }
  if (name.size() == text.size()) return compression;
  int most = compression.kind == CompressionKind::zstd ? 19 : compression.kind == CompressionKind::gzip ? 9 : 0;
  auto level = parse_number<int>(text.substr(name.size() + 1));
  if (!level || *level < 1 || *level > most) {
    return make_error(Kind::usage, fmt::format("'{}' has no such level", text), "gzip has 1 to 9, zstd 1 to 19");
  }
  compression.level = *level;
  return compression;
}

std::string Compression::name() const {
  switch (kind) {
    case CompressionKind::gzip:
      return fmt::format("gzip-{}.{}", kVersion, isal_level(level == 0 ? kUsualGzip : level));
    case CompressionKind::zstd:
      return fmt::format("zstd-{}.{}", kVersion, level == 0 ? kUsualZstd : level);
    default:
      return "none";
  }
}

std::string_view Compression::media_type() const {
  switch (kind) {
    case CompressionKind::gzip:
      return media::kLayerGzip;
    case CompressionKind::zstd:
      return media::kLayerZstd;
    default:
      return oci::media::kLayer;
  }
}

Compressor::Compressor(Compression compression, TarSink sink)
    : compression_(compression),
      sink_(std::move(sink)),
      at_once_(std::max(1U, std::thread::hardware_concurrency())),
      block_size_(compression.kind == CompressionKind::zstd ? kZstdBlock : kGzipBlock) {
  block_.reserve(block_size_);
}

Compressor::~Compressor() {
  for (auto& block : blocks_) block.wait();
}

Result<void> Compressor::write(std::string_view data) {
  while (!data.empty()) {
    std::size_t n = std::min(data.size(), block_size_ - block_.size());
    block_.append(data.substr(0, n));
    data.remove_prefix(n);
    if (block_.size() == block_size_) TRY(begin_block());
  }
  return {};
}

Result<void> Compressor::begin_block() {
  if (compression_.kind == CompressionKind::none) {
    std::string block = std::exchange(block_, {});
    return sink_(block);
  }
  if (blocks_.size() == at_once_) TRY(take_oldest());
  if (compression_.kind == CompressionKind::gzip) {
    // The checksum is by far the smaller part of the work, and wants the stream in order.
    checksum_ = crc32_gzip_refl(checksum_, reinterpret_cast<const unsigned char*>(block_.data()), block_.size());
    if (size_ == 0) TRY(sink_(std::string_view("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10)));
  }
  size_ += block_.size();
  int level = compression_.level;
  if (compression_.kind == CompressionKind::gzip) {
    blocks_.push_back(std::async(std::launch::async, deflate, std::move(block_), level == 0 ? kUsualGzip : level));
  } else {
    blocks_.push_back(std::async(std::launch::async, zstd_frame, std::move(block_), level == 0 ? kUsualZstd : level));
  }
  block_ = {};
  block_.reserve(block_size_);
  return {};
}

Result<void> Compressor::take_oldest() {
  auto oldest = std::move(blocks_.front());
  blocks_.pop_front();
  std::string compressed = TRY(oldest.get());
  return sink_(compressed);
}

Result<void> Compressor::finish() {
  if (!block_.empty() || size_ == 0) TRY(begin_block());
  while (!blocks_.empty()) TRY(take_oldest());
  if (compression_.kind != CompressionKind::gzip) return {};
  std::string end("\x03\0", 2);  // an empty last block
  append_little_endian(end, checksum_);
  append_little_endian(end, static_cast<std::uint32_t>(size_));
  return sink_(end);
}

}  // namespace aictr::images
