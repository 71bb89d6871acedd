#pragma once

#include <memory>

#include "images/byte_source.h"

namespace aictr::images {

// The plain bytes of a stream compressed with gzip, bzip2, xz, lzma, zstd or lz4, told by its first bytes, or of a
// plain one. Kind::corrupt for a damaged or truncated stream.
class Decompressor final : public ByteSource {
 public:
  explicit Decompressor(ByteSource& source);
  ~Decompressor() override;
  Result<std::string_view> next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aictr::images
