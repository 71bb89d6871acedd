#pragma once

#include <memory>

#include "images/byte_source.h"

namespace aictr::images {

// The plain bytes of a zstd stream (RFC 8878), of one frame or several; skippable frames are skipped. Frames that tell
// a size of at most 4 MiB, as pushes of ours and of pzstd make them, are decompressed at the same time, a processor
// each, but no more at once than 24 MiB of all streams of the process; others one after the other. Checksums are
// verified where there are any. Kind::corrupt for a damaged stream and for one that ends early.
class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(ByteSource& source);
  ~ZstdSource() override;
  Result<std::string_view> next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aictr::images
