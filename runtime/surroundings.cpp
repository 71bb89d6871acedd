#include "runtime/surroundings.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>

#include <string_view>

#include <fmt/core.h>

#include "base/sys.h"

namespace aictr::runtime {
namespace {

struct Known {
  std::string_view file;
  int type;
};
constexpr Known kKnown[] = {
    {"user", CLONE_NEWUSER}, {"pid", CLONE_NEWPID}, {"net", CLONE_NEWNET},       {"mnt", CLONE_NEWNS},
    {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS}, {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};

bool has_ended(int process) {
  pollfd polled{process, POLLIN, 0};
  return ::poll(&polled, 1, 0) != 0;
}

// A process that is about to end has given its namespaces up already.
Error not_running() {
  return make_error(Kind::busy, "container not running");
}

bool is_other(const struct stat& one, const struct stat& other) {
  return one.st_ino != other.st_ino || one.st_dev != other.st_dev;
}

}  // namespace

Result<Surroundings> surroundings_of(pid_t pid, UniqueFd process, RootOf root) {
  Surroundings place;
  for (const Known& known : kKnown) {
    auto ours = sys::stat(AT_FDCWD, fmt::format("/proc/self/ns/{}", known.file), 0);
    if (!ours.ok() && ours.error().code == ENOENT) continue;  // a kernel without this type
    struct stat own = TRY(std::move(ours));
    auto its = sys::stat(AT_FDCWD, fmt::format("/proc/{}/ns/{}", pid, known.file), 0);
    if (!its.ok()) return not_running();
    if (is_other(own, its.value())) place.types |= known.type;
  }
  if (root == RootOf::process) {
    auto opened = sys::open(fmt::format("/proc/{}/root", pid), O_PATH | O_DIRECTORY);
    if (!opened.ok()) return not_running();
    place.root = std::move(opened).value();
  }
  // The number was its all the while.
  if (has_ended(process.get())) return not_running();
  place.process = std::move(process);
  return place;
}

}  // namespace aictr::runtime
