#pragma once

#include <cstdint>
#include <limits>

#include "base/result.h"
#include "images/byte_source.h"

namespace aictr::images {

inline constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

// The most that a layer of so many compressed bytes may unpack to: 200 times as many, or 1 GiB. Honest layers stay far
// below; what goes beyond was made to fill a disk.
std::int64_t most_unpacked(std::int64_t compressed);

// Another source's bytes as they are, up to a limit; Kind::corrupt when there are more.
class LimitedSource final : public ByteSource {
 public:
  LimitedSource(ByteSource& source, std::int64_t limit) : source_(source), limit_(limit) {}
  Result<std::string_view> next() override;

 private:
  ByteSource& source_;
  std::int64_t limit_;
  std::int64_t given_ = 0;
};

}  // namespace aictr::images
