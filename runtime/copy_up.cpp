#include "runtime/copy_up.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <string>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::runtime {
namespace {

Result<void> copy_bytes(int from, int to) {
  constexpr std::size_t kChunk = 1U << 20;
  for (;;) {
    ssize_t n = ::sendfile(to, from, nullptr, kChunk);
    if (n == 0) return {};
    if (n < 0 && errno != EINTR) return sys_error("copy");
  }
}

Result<void> copy_file(int from, int to, const std::string& name, mode_t mode) {
  UniqueFd source = TRY(sys::open(from, name, O_RDONLY | O_NOFOLLOW));
  UniqueFd target = TRY(sys::open(to, name, O_WRONLY | O_CREAT | O_EXCL, mode & 07777));
  return copy_bytes(source.get(), target.get());
}

Result<void> copy_directory(int from, int to, const std::string& name, mode_t mode) {
  UniqueFd source = TRY(sys::open(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TRY(sys::mkdir(to, name, mode & 07777));
  UniqueFd target = TRY(sys::open(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return copy_up(source.get(), target.get());
}

// After the content: a change of owner takes setuid away, and filling a directory moves its time.
Result<void> copy_attributes(int to, const std::string& name, const struct stat& st) {
  TRY(sys::chown(to, name, st.st_uid, st.st_gid));
  if (!S_ISLNK(st.st_mode)) {
    UniqueFd target = TRY(sys::open(to, name, O_RDONLY | O_NOFOLLOW));
    TRY(sys::chmod(target.get(), st.st_mode & 07777));
  }
  return sys::set_times(to, name, st.st_atim, st.st_mtim);
}

Result<void> copy_entry(int from, int to, const std::string& name) {
  struct stat st = TRY(sys::stat(from, name));
  if (S_ISDIR(st.st_mode)) {
    TRY(copy_directory(from, to, name, st.st_mode));
  } else if (S_ISREG(st.st_mode)) {
    TRY(copy_file(from, to, name, st.st_mode));
  } else if (S_ISLNK(st.st_mode)) {
    std::string target = TRY(sys::readlink(from, name));
    TRY(sys::symlink(target, to, name));
  } else {
    return {};
  }
  return copy_attributes(to, name, st);
}

}  // namespace

Result<void> copy_up(int from, int to) {
  for (const std::string& name : TRY(list_directory(from)))
    TRY_AS(fmt::format("copy '{}'", name), copy_entry(from, to, name));
  return {};
}

}  // namespace aictr::runtime
