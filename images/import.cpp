#include "images/import.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "images/layer.h"
#include "images/layer_unpack.h"

namespace aictr::images {
namespace {

Result<Layer> import_layer(const Store& store, int archive, const std::string& source) {
  LayerDraft draft = TRY(LayerDraft::create(store));
  UniqueFd root = TRY(open_directory(AT_FDCWD, draft.upper()));
  FdSource bytes(archive);
  Unpacked unpacked = TRY(unpack_layer(bytes, root.get()));
  if (unpacked.entries == 0) {
    return make_error(Kind::corrupt, fmt::format("'{}' has no files in it", source),
                      "give the tar of a root file system, such as `tar -C ROOT -c .` writes");
  }
  return std::move(draft).commit();
}

}  // namespace

Result<Image> import_image(Store& store, int archive, const Import& import) {
  FileLock keep = TRY(store.hold());
  Layer layer = TRY(import_layer(store, archive, import.source));
  oci::ImageConfig config;
  config.created = import.created;
  config.platform = oci::native_platform();
  config.config = import.config;
  config.diff_ids = {layer.diff_id};
  oci::History history;
  history.created = import.created;
  history.comment = import.message.empty() ? fmt::format("Imported from {}", import.source) : import.message;
  config.history = {history};
  return store.add(config, import.names);
}

}  // namespace aictr::images
