#include "images/layer_tar.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/background_hash.h"
#include "images/byte_source.h"
#include "images/layer_record.h"
#include "images/store_layout.h"

namespace aictr::images {

namespace {

Result<void> read_file_to(int file, const TarSink& sink) {
  FdSource bytes(file);
  for (;;) {
    std::string_view data = TRY(bytes.next());
    if (data.empty()) return {};
    TRY(sink(data));
  }
}

Result<void> read_kept(const Store& store, const oci::Digest& diff_id, const TarSink& sink) {
  auto tar = sys::open(store.fd(), layout::layer(diff_id) + "/" + layout::kLayerTar, O_RDONLY);
  if (tar.ok()) return read_file_to(tar.value().get(), sink);
  if (tar.error().kind != Kind::not_found) return std::move(tar).error();
  UniqueFd tree = TRY(open_directory(store.fd(), layout::layer_tree(diff_id)));
  return pack_layer(tree.get(), sink);
}

Error other_bytes(const Store& store, const oci::Digest& diff_id) {
  auto record = load_layer_record(store.fd(), diff_id);
  if (record.ok() && record.value().kind == LayerKind::directory && record.value().encoder == 0) {
    return make_error(Kind::unsupported, "it was pulled and unpacked, and its files do not give the same tar again",
                      "where the kernel mounts EROFS from files (Linux 6.12) a pulled image keeps its tars");
  }
  return make_error(Kind::corrupt, "its bytes are not what its digest says", "remove its images and get them again");
}

}  // namespace

Result<void> read_layer_tar(const Store& store, const oci::Digest& diff_id, const TarSink& sink) {
  std::string what = fmt::format("layer {}", diff_id.short_id());
  BackgroundHash hash;
  TRY_AS(what, read_kept(store, diff_id, [&](std::string_view data) {
           hash.update(data);
           return sink(data);
         }));
  if (hash.finish() == diff_id) return {};
  return other_bytes(store, diff_id).context(what);
}

}  // namespace aictr::images
