#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::runtime {

// The host's /proc, opened before anything of the container is mounted and checked to be procfs. Every write that
// concerns the container's process goes through it, never through the /proc of the container, and reaches a file of
// this very mount: nothing mounted over it, no link out of it (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881).
class Procfs {
 public:
  static Result<Procfs> open();
  Result<void> write(const std::string& path, std::string_view data) const;  // "self/oom_score_adj"
  Result<std::string> read(const std::string& path) const;
  int fd() const { return fd_.get(); }

 private:
  explicit Procfs(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace aictr::runtime
