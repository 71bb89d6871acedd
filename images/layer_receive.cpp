#include "images/layer_receive.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "images/layer_unpack.h"

namespace aictr::images {

Result<Layer> receive_layer(const Store& store, ByteSource& source, const oci::Digest& diff_id) {
  LayerDraft draft = TRY(LayerDraft::create(store));
  UniqueFd root = TRY(open_directory(AT_FDCWD, draft.upper()));
  Unpacked unpacked = TRY(unpack_layer(source, root.get()));
  if (unpacked.diff_id != diff_id) {
    return make_error(Kind::corrupt,
                      fmt::format("it unpacks to {}, the image says {}", unpacked.diff_id.text(), diff_id.text()));
  }
  return std::move(draft).commit_unpacked({unpacked.diff_id, unpacked.size});
}

}  // namespace aictr::images
