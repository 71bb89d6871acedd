#pragma once

#include <unistd.h>

#include <utility>

namespace aictr {

// Owns one file descriptor and closes it once. close(2) is never repeated: on Linux the descriptor is gone even after
// EINTR, and a second close could hit a descriptor that somebody else has opened meanwhile.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

}  // namespace aictr

// Closing a descriptor that an object owns is a mistake the compiler can find.
int close(const aictr::UniqueFd&) = delete;
