#include "cli/claims.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::cli {
namespace {

// Held while a claim is made or looked at, so that none is seen between its making and its locking, and nobody who only
// looks is in the way of one who takes it.
constexpr const char* kGate = ".lock";

}  // namespace

Result<Claims> Claims::open(const std::string& path) {
  return Claims(TRY(make_and_open_directory(AT_FDCWD, path, 0700)));
}

Result<FileLock> Claims::make(const std::string& name) const {
  FileLock gate = TRY(FileLock::acquire(fd_.get(), kGate, FileLock::Mode::exclusive));
  return FileLock::acquire(fd_.get(), name, FileLock::Mode::exclusive);
}

Result<FileLock> Claims::take(const std::string& name) const {
  FileLock gate = TRY(FileLock::acquire(fd_.get(), kGate, FileLock::Mode::exclusive));
  return FileLock::try_acquire(fd_.get(), name, FileLock::Mode::exclusive);
}

Result<void> Claims::drop(const std::string& name) const {
  return unless_gone(sys::unlink(fd_.get(), name));
}

Result<std::vector<AbandonedClaim>> Claims::abandoned(const std::function<bool(const std::string&)>& unwanted) const {
  std::vector<AbandonedClaim> found;
  FileLock gate = TRY(FileLock::acquire(fd_.get(), kGate, FileLock::Mode::exclusive));
  for (const std::string& name : TRY(list_directory(fd_.get()))) {
    if (name == kGate || !unwanted(name)) continue;
    auto lock = FileLock::try_acquire(fd_.get(), name, FileLock::Mode::exclusive);
    if (lock.ok()) found.push_back({name, std::move(lock).value()});
  }
  return found;
}

Result<bool> Claims::is_held(const std::string& name) const {
  FileLock gate = TRY(FileLock::acquire(fd_.get(), kGate, FileLock::Mode::exclusive));
  if (!sys::exists(fd_.get(), name)) return false;
  auto lock = FileLock::try_acquire(fd_.get(), name, FileLock::Mode::shared);
  if (!lock.ok() && lock.error().kind != Kind::busy) return std::move(lock).error();
  return !lock.ok();
}

}  // namespace aictr::cli
