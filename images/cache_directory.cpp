#include "images/cache_directory.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

using Sharing = CacheMount::Sharing;
using Mode = FileLock::Mode;

// The lock of one of an id's directories, which is named by its number.
Result<FileLock> lock_directory(int place, unsigned number, Sharing sharing) {
  std::string name = fmt::format("{}.lock", number);
  if (sharing == Sharing::apart) return FileLock::try_acquire(place, name, Mode::exclusive);
  return FileLock::acquire(place, name, sharing == Sharing::locked ? Mode::exclusive : Mode::shared);
}

// Made aside and renamed, so that a killed build leaves none that is half made.
Result<void> make_data(int place, const std::string& name, const CacheMount& mount) {
  std::string unfinished = name + ".new";
  TRY(remove_tree(place, unfinished));
  TRY(sys::mkdir(place, unfinished, 0700));
  TRY(sys::chown(place, unfinished, mount.owner.uid, mount.owner.gid));
  UniqueFd made = TRY(sys::open(place, unfinished, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TRY(sys::chmod(made.get(), mount.mode));
  return sys::rename(place, unfinished, place, name);
}

}  // namespace

Result<CacheDirectory> CacheDirectory::open(const Store& store, const CacheMount& mount) {
  std::string path = fmt::format("{}/{}", layout::kCacheMounts, sha256(mount.id).hex());
  TRY(make_directories(store.fd(), path, 0700));
  UniqueFd place = TRY(open_directory(store.fd(), path));
  TRY(write_file(place.get(), "id", mount.id, 0600, Durability::until_reboot));
  for (unsigned number = 0;; ++number) {
    auto lock = lock_directory(place.get(), number, mount.sharing);
    if (!lock.ok() && lock.error().kind == Kind::busy) continue;
    FileLock user = TRY(std::move(lock));
    std::string name = std::to_string(number);
    auto there = sys::stat(place.get(), name);
    bool fresh = !there.ok() && there.error().kind == Kind::not_found;
    if (fresh) TRY(make_data(place.get(), name, mount));
    UniqueFd data = TRY(open_directory(place.get(), name));
    return CacheDirectory{std::move(data), std::move(user), fresh};
  }
}

}  // namespace aictr::images
