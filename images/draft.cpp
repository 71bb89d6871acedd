#include "images/draft.h"

#include <vector>

#include <fmt/core.h>

#include "base/file.h"
#include "base/random.h"
#include "base/sys.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

std::string lock_of(const std::string& path) {
  return path + "/" + layout::kDraftLock;
}

// Drafts are made under the store's lock, so that none is seen here between its making and its locking.
Result<std::vector<Draft>> find_dead_drafts(int store) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  std::vector<Draft> dead;
  for (const std::string& name : TRY(list_directory(store, layout::kDrafts))) {
    std::string path = fmt::format("{}/{}", layout::kDrafts, name);
    if (!sys::exists(store, lock_of(path))) {
      ignore(sys::unlink(store, path, AT_REMOVEDIR));  // empty, unless its owner has just made it go
      continue;
    }
    auto owner = FileLock::try_acquire(store, lock_of(path), FileLock::Mode::exclusive);
    if (owner.ok()) dead.push_back({path, std::move(owner).value()});
  }
  return dead;
}

}  // namespace

Result<Draft> make_draft_locked(int store) {
  std::string path = fmt::format("{}/{}", layout::kDrafts, TRY(random_hex(16)));
  TRY(sys::mkdir(store, path, 0700));
  return Draft{path, TRY(FileLock::acquire(store, lock_of(path), FileLock::Mode::exclusive))};
}

Result<Draft> make_draft(int store) {
  FileLock lock = TRY(FileLock::acquire(store, layout::kLock, FileLock::Mode::exclusive));
  return make_draft_locked(store);
}

Result<void> discard_layer(int store, const oci::Digest& diff_id) {
  Draft grave = TRY(make_draft_locked(store));
  return sys::rename(store, layout::layer(diff_id), store, fmt::format("{}/{}", grave.path, layout::kDraftLayer));
}

Result<void> remove_draft(int store, const std::string& path) {
  for (const char* part : {layout::kDraftLayer, layout::kDraftWork}) {
    TRY(remove_tree(store, fmt::format("{}/{}", path, part)));
  }
  TRY(unless_gone(sys::unlink(store, lock_of(path))));
  return unless_gone(sys::unlink(store, path, AT_REMOVEDIR));
}

Result<void> remove_dead_drafts(int store) {
  for (const Draft& draft : TRY(find_dead_drafts(store))) TRY(remove_draft(store, draft.path));
  return {};
}

}  // namespace aictr::images
