#include "cli/container_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/sys.h"

namespace aictr::cli {

Result<WornStreams> WornStreams::put_on(Kind kind, bool open_input, ContainerStreams& monitors) {
  WornStreams worn;
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) worn.ours_[fd] = TRY(sys::duplicate(fd));
  if (kind == Kind::none) {
    UniqueFd null = TRY(sys::open("/dev/null", O_RDWR));
    for (int fd : {STDIN_FILENO, STDOUT_FILENO}) TRY(sys::replace(fd, null.get()));
    return worn;
  }
  if (open_input) {
    sys::Pipe input = TRY(sys::pipe());
    TRY(sys::replace(STDIN_FILENO, input.read_end.get()));
    monitors.input = std::move(input.write_end);
  } else {
    UniqueFd null = TRY(sys::open("/dev/null", O_RDONLY));
    TRY(sys::replace(STDIN_FILENO, null.get()));
  }
  sys::Pipe output = TRY(sys::pipe());
  sys::Pipe errors = TRY(sys::pipe());
  TRY(sys::replace(STDOUT_FILENO, output.write_end.get()));
  TRY(sys::replace(STDERR_FILENO, errors.write_end.get()));
  monitors.output = std::move(output.read_end);
  monitors.errors = std::move(errors.read_end);
  return worn;
}

WornStreams::~WornStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (ours_[fd]) ::dup2(ours_[fd].get(), fd);
  }
}

}  // namespace aictr::cli
