#pragma once

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "images/run_mount.h"
#include "images/store.h"

namespace aictr::images {

// The directory behind a cache mount: cache/mounts/ in the store, one for each id, and further ones for builds that
// want one apart while another build has the first. It outlives builds and enters no layer.
struct CacheDirectory {
  UniqueFd data;
  FileLock user;       // held while a step uses it
  bool fresh = false;  // it has just been made

  // Waits for other builds where the mount asks for it alone, or they have it alone.
  static Result<CacheDirectory> open(const Store& store, const CacheMount& mount);
};

}  // namespace aictr::images
