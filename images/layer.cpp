#include "images/layer.h"

#include <fcntl.h>

#include <cstdio>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/background_hash.h"
#include "images/hash.h"
#include "images/layer_pack.h"
#include "images/layer_record.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

Result<LayerRecord> describe(int tree) {
  BackgroundHash hash;
  LayerRecord record;
  TRY(pack_layer(tree, [&](std::string_view data) {
    hash.update(data);
    record.size += static_cast<std::int64_t>(data.size());
    return Result<void>();
  }));
  record.diff_id = hash.finish();
  record.encoder = kLayerEncoder;
  return record;
}

Result<void> discard_useless_layer(int store, const oci::Digest& diff_id) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  if (is_usable(load_layer_record(store, diff_id))) return {};  // somebody else has mended it
  return discard_layer(store, diff_id);
}

}  // namespace

Result<LayerDraft> LayerDraft::create(const Store& store) {
  TRY(remove_dead_drafts(store.fd()));
  FileLock keep = TRY(store.hold());
  UniqueFd directory = TRY(sys::duplicate(store.fd()));
  Draft made = TRY(make_draft(store.fd()));
  std::string path = made.path;
  LayerDraft draft;
  draft.place_ = std::make_unique<Place>(Place{std::move(directory), std::move(made), std::move(keep)});
  draft.upper_ = fmt::format("{}/{}/{}/{}", store.path(), path, layout::kDraftLayer, layout::kFileSystem);
  draft.work_ = fmt::format("{}/{}/{}", store.path(), path, layout::kDraftWork);
  TRY(sys::mkdir(store.fd(), fmt::format("{}/{}", path, layout::kDraftLayer), 0700));
  UniqueFd tree = TRY(make_and_open_directory(
      store.fd(), fmt::format("{}/{}/{}", path, layout::kDraftLayer, layout::kFileSystem), 0755));
  TRY(sys::chmod(tree.get(), 0755));  // whatever the umask is
  TRY(sys::mkdir(store.fd(), fmt::format("{}/{}", path, layout::kDraftWork), 0700));
  return draft;
}

LayerDraft& LayerDraft::operator=(LayerDraft&& other) noexcept {
  discard();
  place_ = std::move(other.place_);
  upper_ = std::move(other.upper_);
  work_ = std::move(other.work_);
  return *this;
}

LayerDraft::~LayerDraft() {
  discard();
}

void LayerDraft::discard() noexcept {
  if (!place_) return;
  // What cannot be removed now is removed by a later command.
  ignore(remove_draft(place_->store.get(), place_->draft.path));
  place_.reset();
}

Result<Layer> LayerDraft::commit() && {
  UniqueFd tree = TRY(open_directory(AT_FDCWD, upper_));
  return move_to_place(TRY(describe(tree.get())));
}

Result<Layer> LayerDraft::commit_unpacked(const Layer& tar) && {
  LayerRecord record;
  record.diff_id = tar.diff_id;
  record.size = tar.size;
  return move_to_place(record);
}

Result<UniqueFd> LayerDraft::open_folder() const {
  return open_directory(place_->store.get(), fmt::format("{}/{}", place_->draft.path, layout::kDraftLayer));
}

Result<Layer> LayerDraft::commit_tar(const Layer& tar) && {
  LayerRecord record;
  record.kind = LayerKind::tar;
  record.diff_id = tar.diff_id;
  record.size = tar.size;
  UniqueFd folder = TRY(open_folder());
  UniqueFd index = TRY(sys::open(folder.get(), layout::kLayerIndex, O_RDONLY));
  record.index = TRY(digest_of_file(index.get()));
  TRY(sys::unlink(folder.get(), layout::kFileSystem, AT_REMOVEDIR));
  return move_to_place(record);
}

// A layer that is there already stays, unless it is of no use.
Result<Layer> LayerDraft::move_to_place(LayerRecord record) {
  int store = place_->store.get();
  record.boot = TRY(this_boot());
  std::string layer = fmt::format("{}/{}", place_->draft.path, layout::kDraftLayer);
  TRY(write_file(store, layer + "/" + layout::kLayerRecord, print_layer_record(record), 0600,
                 Durability::until_reboot));
  for (;;) {
    auto moved = sys::rename(store, layer, store, layout::layer(record.diff_id), RENAME_NOREPLACE);
    if (moved.ok()) break;
    if (moved.error().kind != Kind::exists) return std::move(moved).error();
    if (is_usable(load_layer_record(store, record.diff_id))) break;
    TRY(discard_useless_layer(store, record.diff_id));
    TRY(remove_dead_drafts(store));
  }
  discard();
  return Layer{record.diff_id, record.size};
}

}  // namespace aictr::images
