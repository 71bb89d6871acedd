#include "base/sys_copy.h"

#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/sys.h"

namespace aictr::sys {
namespace {

constexpr std::size_t kAtOnce = 1U << 30;
constexpr std::size_t kBlock = 256 * 1024;

// The kernel cannot do it between these two files: another way has to.
bool cannot(int code) {
  return code == EXDEV || code == EINVAL || code == ENOSYS || code == EOPNOTSUPP || code == EBADF || code == EPERM;
}

// Calls `copy` until it says that nothing is left.
template <class Copy>
Result<std::int64_t> repeat(Copy copy) {
  std::int64_t total = 0;
  for (;;) {
    ssize_t n = copy();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return sys_error("copy data");
    if (n == 0) return total;
    total += n;
  }
}

// As much of the range as there is.
Result<std::int64_t> copy_range(int from, int to, DataRange range) {
  off_t in = range.offset;
  off_t out = range.offset;
  off_t end = range.offset + range.length;
  auto left = [&] { return static_cast<std::size_t>(end - in); };
  auto shared =
      repeat([&] { return in < end ? ::copy_file_range(from, &in, to, &out, std::min(left(), kAtOnce), 0) : 0; });
  if (!shared.ok() && !cannot(shared.error().code)) return shared;
  std::vector<char> block(kBlock);
  while (in < end) {
    std::size_t n = TRY(read_at(from, std::span(block).first(std::min(left(), kBlock)), in));
    if (n == 0) break;
    TRY(write_at(to, {block.data(), n}, in));
    in += static_cast<off_t>(n);
  }
  return in - range.offset;
}

}  // namespace

Result<std::int64_t> copy_contents(int from, int to) {
  // copy_file_range(2) says 0 for files of /proc and the like that have something to read, so what it says is not the
  // last word.
  auto shared = repeat([&] { return ::copy_file_range(from, nullptr, to, nullptr, kAtOnce, 0); });
  if (!shared.ok() && !cannot(shared.error().code)) return shared;
  std::int64_t total = std::move(shared).value_or(0);
  auto sent = repeat([&] { return ::sendfile(to, from, nullptr, kAtOnce); });
  if (sent.ok()) return total + sent.value();
  if (!cannot(sent.error().code)) return sent;
  std::vector<char> block(kBlock);
  for (;;) {
    std::size_t n = TRY(read(from, block));
    if (n == 0) return total;
    TRY(write_all(to, {block.data(), n}));
    total += static_cast<std::int64_t>(n);
  }
}

Result<DataRange> next_data(int fd, off_t offset, off_t size) {
  off_t data = ::lseek(fd, offset, SEEK_DATA);
  if (data < 0 && errno == ENXIO) return DataRange{size, 0};
  if (data < 0 && errno == EINVAL) return DataRange{offset, size - offset};  // a file system that knows no holes
  if (data < 0) return sys_error("find data");
  if (data >= size) return DataRange{size, 0};
  off_t hole = ::lseek(fd, data, SEEK_HOLE);
  if (hole < 0 && errno != ENXIO) return sys_error("find the end of data");
  return DataRange{data, std::min(hole < 0 ? size : hole, size) - data};
}

Result<std::int64_t> copy_sparse(int from, int to, off_t size) {
  std::int64_t total = 0;
  for (off_t at = 0; at < size;) {
    DataRange range = TRY(next_data(from, at, size));
    if (range.length == 0) break;
    total += TRY(copy_range(from, to, range));
    at = range.offset + range.length;
  }
  TRY(truncate(to, size));
  return total;
}

}  // namespace aictr::sys
