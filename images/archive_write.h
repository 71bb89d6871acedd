#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/layer_pack.h"

namespace aictr::images {

// Writes a tar of regular files whose sizes are known before, each name once; times are zero, so the same files give
// the same bytes.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(TarSink sink) : sink_(std::move(sink)) {}

  // A name that is there already is left as it is.
  Result<void> add(const std::string& path, std::string_view content);
  // `write` gives exactly `size` bytes to the sink it is called with.
  using WriteContent = std::function<Result<void>(const TarSink& sink)>;
  Result<void> add(const std::string& path, std::int64_t size, const WriteContent& write);
  bool has(const std::string& path) const { return paths_.contains(path); }

  Result<void> finish();

 private:
  TarSink sink_;
  std::set<std::string> paths_;
};

}  // namespace aictr::images
