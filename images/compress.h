#pragma once

#include <cstdint>
#include <deque>
#include <future>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/layer_pack.h"

namespace aictr::images {

enum class CompressionKind { none, gzip, zstd };

// How layers are compressed when they leave the store.
struct Compression {
  CompressionKind kind = CompressionKind::gzip;
  int level = 0;  // gzip: 1 to 9, zstd: 1 to 19; 0: the usual one

  // "gzip", "zstd", "none", "zstd:9".
  static Result<Compression> parse(std::string_view text);
  // Names the bytes that come out: equal names, equal bytes for equal input. Changes with what the code does.
  std::string name() const;
  std::string_view media_type() const;  // of a layer
};

// Compresses a stream in blocks of a fixed size, as many at once as there are processors, so that the result does not
// depend on their number: one gzip member whose blocks share no history, or a zstd frame for each block.
class Compressor {
 public:
  Compressor(Compression compression, TarSink sink);
  ~Compressor();  // waits for what was begun

  Result<void> write(std::string_view data);
  Result<void> finish();  // once

 private:
  Result<void> begin_block();
  Result<void> take_oldest();

  Compression compression_;
  TarSink sink_;
  std::size_t at_once_;
  std::size_t block_size_;
  std::string block_;
  std::deque<std::future<Result<std::string>>> blocks_;  // in the order of the stream
  std::uint32_t checksum_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace aictr::images
