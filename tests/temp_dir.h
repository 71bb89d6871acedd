#pragma once

#include <fcntl.h>

#include <string>

#include <stdlib.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::test {

// A directory of the test's own, removed with everything in it when the object goes.
class TempDir {
 public:
  TempDir() {
    const char* base = ::getenv("TMPDIR");
    path_ = std::string(base != nullptr ? base : "/tmp") + "/aictr-test.XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) ::abort();
    fd_ = open_directory(AT_FDCWD, path_).value();
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { ignore(remove_tree(AT_FDCWD, path_)); }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  int fd() const { return fd_.get(); }

 private:
  std::string path_;
  UniqueFd fd_;
};

}  // namespace aictr::test
