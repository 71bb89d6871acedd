#pragma once

#include <string>

#include "base/lock.h"
#include "base/result.h"
#include "oci/digest.h"

namespace aictr::images {

// A directory in drafts/ for unfinished or unwanted work. It is its owner's for as long as the owner holds the lock in
// it; what a killed owner leaves is removed by whoever looks next.
struct Draft {
  std::string path;  // relative to the store
  FileLock owner;
};

// The caller does not hold the store's lock, but for the second, which is for one that does.
Result<Draft> make_draft(int store);
Result<Draft> make_draft_locked(int store);

// Makes a layer vanish in one step, so that it never seems to be there with half of its files: it becomes a dead draft.
// The caller holds the store's lock.
Result<void> discard_layer(int store, const oci::Digest& diff_id);

// Everything in it first and the lock last: a draft without a lock is empty. The owner still has the lock.
Result<void> remove_draft(int store, const std::string& path);
Result<void> remove_dead_drafts(int store);

}  // namespace aictr::images
