#pragma once

// What must be cleared away when the process that made it is killed: an empty file a piece of work, locked for as long
// as its owner lives. The next command that looks finds those whose owner is dead.

#include <functional>
#include <string>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::cli {

struct AbandonedClaim {
  std::string name;
  FileLock lock;  // ours now, so that one process alone clears the work away
};

class Claims {
 public:
  static Result<Claims> open(const std::string& path);  // makes the directory

  // To be made before the work that it stands for. Ours until the lock is gone.
  Result<FileLock> make(const std::string& name) const;

  // Of work that was left on purpose, such as a container that has ended. Kind::busy when somebody is at it.
  Result<FileLock> take(const std::string& name) const;

  // By whoever holds the lock, when nothing is left of the work.
  Result<void> drop(const std::string& name) const;

  // Those of dead owners that are `unwanted`. The others' are not touched: somebody may be about to take one.
  Result<std::vector<AbandonedClaim>> abandoned(const std::function<bool(const std::string&)>& unwanted) const;
  Result<bool> is_held(const std::string& name) const;

 private:
  explicit Claims(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace aictr::cli
