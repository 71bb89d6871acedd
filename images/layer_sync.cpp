#include "images/layer_sync.h"

#include <fcntl.h>

#include <algorithm>

#include "base/file.h"
#include "base/lock.h"
#include "base/sys.h"
#include "images/layer_record.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

Result<std::vector<LayerRecord>> find_unsynced(int store, const std::vector<oci::Digest>& diff_ids) {
  std::vector<LayerRecord> unsynced;
  for (const oci::Digest& diff_id : diff_ids) {
    LayerRecord record = TRY(load_layer_record(store, diff_id));
    if (!record.boot.empty()) unsynced.push_back(std::move(record));
  }
  return unsynced;
}

Result<void> sync_file(int store, const std::string& path) {
  UniqueFd file = TRY(sys::open(store, path, O_RDONLY));
  return sys::sync(file.get());
}

// Two files can be waited for by name; the thousands of a directory only with everything else on the file system.
Result<void> sync_files(int store, const std::vector<LayerRecord>& layers) {
  bool tars = std::ranges::all_of(layers, [](const auto& layer) { return layer.kind == LayerKind::tar; });
  if (!tars) return sys::sync_file_system(store);
  for (const LayerRecord& layer : layers) {
    for (const char* name : {layout::kLayerTar, layout::kLayerIndex}) {
      TRY(sync_file(store, layout::layer(layer.diff_id) + "/" + name));
    }
  }
  return {};
}

Result<void> change_records(int store, const std::vector<LayerRecord>& layers) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  for (LayerRecord record : layers) {
    record.boot.clear();
    TRY(remove_unfinished_files(store, layout::layer(record.diff_id)));
    TRY(write_file(store, layout::layer_record(record.diff_id), print_layer_record(record), 0600));
  }
  return {};
}

}  // namespace

Result<void> sync_layers(int store, const std::vector<oci::Digest>& diff_ids) {
  std::vector<LayerRecord> unsynced = TRY(find_unsynced(store, diff_ids));
  if (!unsynced.empty()) {
    TRY(sync_files(store, unsynced));
    TRY(change_records(store, unsynced));
  }
  return sync_directory(store, layout::kLayers);  // also for what another process has just put there
}

}  // namespace aictr::images
