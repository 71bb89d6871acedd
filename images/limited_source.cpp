#include "images/limited_source.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/units.h"

namespace aictr::images {

std::int64_t most_unpacked(std::int64_t compressed) {
  constexpr std::int64_t kAlways = 1LL << 30;
  constexpr std::int64_t kMostTimes = 200;
  if (compressed > kNoLimit / kMostTimes) return kNoLimit;
  return std::max(kAlways, compressed * kMostTimes);
}

Result<std::string_view> LimitedSource::next() {
  std::string_view data = TRY(source_.next());
  given_ += static_cast<std::int64_t>(data.size());
  if (given_ <= limit_) return data;
  return make_error(Kind::corrupt,
                    fmt::format("it unpacks to more than {}, too much for its size: a decompression bomb",
                                decimal_size(static_cast<std::uint64_t>(limit_))));
}

}  // namespace aictr::images
