#include "cli/archive_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/random.h"
#include "base/scope.h"
#include "base/sys.h"

namespace aictr::cli {
namespace {

images::TarSink sink_of(int fd) {
  return [fd](std::string_view data) { return sys::write_all(fd, data); };
}

}  // namespace

Result<void> write_archive(const std::string& path, std::string_view how,
                           const std::function<Result<void>(const images::TarSink&)>& write) {
  if (path.empty() || path == "-") {
    if (::isatty(STDOUT_FILENO) == 0) return write(sink_of(STDOUT_FILENO));
    return make_error(Kind::usage, "the archive would be written to the terminal", std::string(how));
  }
  auto there = sys::stat(AT_FDCWD, path, 0);
  if (there.ok() && !S_ISREG(there.value().st_mode)) {  // /dev/null, a named pipe
    UniqueFd fd = TRY(sys::open(AT_FDCWD, path, O_WRONLY));
    return write(sink_of(fd.get()));
  }
  std::string unfinished = fmt::format("{}.{}.tmp", path, TRY(random_hex(8)));
  UniqueFd fd = TRY(sys::open(AT_FDCWD, unfinished, O_WRONLY | O_CREAT | O_EXCL, 0644));
  Defer remove([&] { ignore(sys::unlink(AT_FDCWD, unfinished)); });
  TRY(write(sink_of(fd.get())));
  TRY(sys::rename(AT_FDCWD, unfinished, AT_FDCWD, path));
  remove.dismiss();
  return {};
}

Result<UniqueFd> open_archive(const std::string& path) {
  if (!path.empty() && path != "-") return sys::open(path, O_RDONLY);
  if (::isatty(STDIN_FILENO) == 1) {
    return make_error(Kind::usage, "the archive would be read from the terminal",
                      "redirect it, or name a file with -i");
  }
  return sys::duplicate(STDIN_FILENO);
}

}  // namespace aictr::cli
