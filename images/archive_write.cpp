#include "images/archive_write.h"

#include <fmt/core.h>

#include "images/tar_header.h"

namespace aictr::images {

Result<void> ArchiveWriter::add(const std::string& path, std::string_view content) {
  return add(path, static_cast<std::int64_t>(content.size()), [&](const TarSink& sink) { return sink(content); });
}

Result<void> ArchiveWriter::add(const std::string& path, std::int64_t size, const WriteContent& write) {
  if (!paths_.insert(path).second) return {};
  TarEntry entry;
  entry.path = path;
  entry.mode = 0644;
  entry.size = size;
  TRY(sink_(encode_tar_header(entry)));
  std::int64_t written = 0;
  TRY_AS(fmt::format("'{}'", path), write([&](std::string_view data) {
           written += static_cast<std::int64_t>(data.size());
           return sink_(data);
         }));
  if (written != size) {
    return make_error(Kind::internal,
                      fmt::format("'{}' has {} bytes, not the {} that were announced", path, written, size));
  }
  auto rest = static_cast<std::size_t>(size) % kTarBlock;
  return rest == 0 ? Result<void>() : sink_(std::string(kTarBlock - rest, '\0'));
}

Result<void> ArchiveWriter::finish() {
  return sink_(std::string(2 * kTarBlock, '\0'));
}

}  // namespace aictr::images
