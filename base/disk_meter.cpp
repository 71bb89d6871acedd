#include "base/disk_meter.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr {
namespace {

constexpr std::int64_t kBlock = 512;  // of stat(2), whatever the file system's is

template <class T>
bool is_gone(const Result<T>& result) {
  return !result.ok() && result.error().kind == Kind::not_found;
}

}  // namespace

Result<std::int64_t> DiskMeter::measure(int dir, const std::string& path) {
  auto status = sys::stat(dir, path);
  if (is_gone(status)) return std::int64_t{0};
  struct stat st = TRY(std::move(status));
  bool directory = S_ISDIR(st.st_mode);
  if (!directory && st.st_nlink > 1 && !seen_.insert({st.st_dev, st.st_ino}).second) return std::int64_t{0};
  std::int64_t bytes = st.st_blocks * kBlock;
  if (!directory) return bytes;
  auto opened = sys::open(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (is_gone(opened)) return std::int64_t{0};
  UniqueFd fd = TRY(std::move(opened));
  return bytes + TRY(measure_below(fd.get(), st.st_dev));
}

Result<std::int64_t> DiskMeter::measure_below(int directory, dev_t device) {
  std::int64_t bytes = 0;
  for (const DirectoryEntry& entry : TRY(list_entries(directory))) {
    auto status = sys::stat(directory, entry.name);
    if (is_gone(status)) continue;
    if (TRY(std::move(status)).st_dev == device) bytes += TRY(measure(directory, entry.name));
  }
  return bytes;
}

}  // namespace aictr
