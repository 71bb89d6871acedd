#include "images/layer_receive.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/layer_index.h"
#include "images/layer_kind.h"
#include "images/layer_unpack.h"
#include "images/store_layout.h"

namespace aictr::images {

namespace {

Result<void> check(const Unpacked& tar, const oci::Digest& diff_id) {
  if (tar.diff_id == diff_id) return {};
  return make_error(Kind::corrupt,
                    fmt::format("it unpacks to {}, the image says {}", tar.diff_id.text(), diff_id.text()));
}

Result<UniqueFd> make_file(int folder, const char* name) {
  return sys::open(folder, name, O_RDWR | O_CREAT | O_EXCL, 0600);
}

Result<Layer> receive_tar(LayerDraft draft, ByteSource& source, std::int64_t limit, const oci::Digest& diff_id) {
  UniqueFd folder = TRY(draft.open_folder());
  UniqueFd tar = TRY(make_file(folder.get(), layout::kLayerTar));
  UniqueFd index = TRY(make_file(folder.get(), layout::kLayerIndex));
  Unpacked received = TRY(index_layer(source, tar.get(), index.get(), limit));
  TRY(check(received, diff_id));
  return std::move(draft).commit_tar({received.diff_id, received.size});
}

Result<Layer> receive_directory(LayerDraft draft, ByteSource& source, std::int64_t limit, const oci::Digest& diff_id) {
  UniqueFd root = TRY(open_directory(AT_FDCWD, draft.upper()));
  Unpacked received = TRY(unpack_layer(source, root.get(), {.limit = limit}));
  TRY(check(received, diff_id));
  return std::move(draft).commit_unpacked({received.diff_id, received.size});
}

}  // namespace

Result<Layer> receive_layer(const Store& store, ByteSource& source, std::int64_t compressed,
                            const oci::Digest& diff_id) {
  LayerDraft draft = TRY(LayerDraft::create(store));
  std::int64_t limit = most_unpacked(compressed);
  if (keeps_tars(store)) return receive_tar(std::move(draft), source, limit, diff_id);
  return receive_directory(std::move(draft), source, limit, diff_id);
}

}  // namespace aictr::images
