#include "base/sys_copy.h"

#include <sys/sendfile.h>
#include <unistd.h>

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

}  // namespace aictr::sys
