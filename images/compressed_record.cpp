#include "images/compressed_record.h"

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

std::string path_of(const oci::Digest& diff_id, const Compression& compression) {
  return fmt::format("{}/{}.{}", layout::kCacheCompressed, diff_id.hex(), compression.name());
}

}  // namespace

std::optional<oci::Descriptor> find_compressed(const Store& store, const oci::Digest& diff_id,
                                               const Compression& compression) {
  auto text = read_file(store.fd(), path_of(diff_id, compression), 4096);
  if (!text.ok()) return std::nullopt;
  std::vector<std::string> parts = words(text.value());
  if (parts.size() != 2) return std::nullopt;
  auto digest = oci::Digest::parse(parts[0]);
  auto size = parse_number<std::int64_t>(parts[1]);
  if (!digest.ok() || !size) return std::nullopt;
  oci::Descriptor blob;
  blob.media_type = compression.media_type();
  blob.digest = digest.value();
  blob.size = *size;
  return blob;
}

void remember_compressed(const Store& store, const oci::Digest& diff_id, const Compression& compression,
                         const oci::Descriptor& blob) {
  ignore(make_directories(store.fd(), layout::kCacheCompressed, 0700));
  ignore(write_file(store.fd(), path_of(diff_id, compression), fmt::format("{} {}\n", blob.digest.text(), blob.size),
                    0600, Durability::until_reboot));
}

}  // namespace aictr::images
