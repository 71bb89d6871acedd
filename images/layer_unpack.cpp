#include "images/layer_unpack.h"

#include <fmt/core.h>

#include "base/text.h"
#include "images/decompress.h"
#include "images/tar_reader.h"

namespace aictr::images {

Result<Unpacked> unpack_layer(ByteSource& source, int root, const UnpackOptions& options) {
  Decompressor plain(source);
  LimitedSource limited(plain, options.limit);
  HashingSource hashed(limited);
  TarReader reader(hashed);
  TreeWriter writer(root, options.whiteouts);
  Unpacked unpacked;
  for (;;) {
    std::optional<TarEntry> entry = TRY(reader.next());
    if (!entry) break;
    if (options.owner) {
      entry->uid = options.owner->uid;
      entry->gid = options.owner->gid;
    }
    TRY_AS(fmt::format("tar entry '{}'", one_line(entry->path)),
           writer.add(*entry, [&](int fd) { return reader.copy_content(fd); }));
    ++unpacked.entries;
  }
  TRY(writer.finish());
  TRY(hashed.drain());
  unpacked.diff_id = hashed.digest();
  unpacked.size = hashed.size();
  return unpacked;
}

}  // namespace aictr::images
