#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr {

// An advisory lock on a file (flock(2)), made when it is missing, held as long as the object lives and gone when the
// process dies, however it dies. Different processes only: two locks taken by one process on one file wait for each
// other.
class FileLock {
 public:
  enum class Mode { shared, exclusive };

  static Result<FileLock> acquire(int dir, const std::string& path, Mode mode);      // waits
  static Result<FileLock> try_acquire(int dir, const std::string& path, Mode mode);  // Kind::busy when it is held

  int fd() const { return fd_.get(); }  // of the file, open for reading and writing

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace aictr
