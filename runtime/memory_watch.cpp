#include "runtime/memory_watch.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "runtime/state_file.h"

namespace aictr::runtime {
namespace {

Result<UniqueFd> watch_v2(const std::string& file) {
  UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!events) return sys_error("inotify_init1");
  if (::inotify_add_watch(events.get(), file.c_str(), IN_MODIFY) < 0) return sys_error(fmt::format("watch '{}'", file));
  return events;
}

Result<UniqueFd> watch_v1(const std::string& directory) {
  UniqueFd control = TRY(sys::open(directory + "/memory.oom_control", O_RDONLY));
  UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return sys_error("eventfd");
  TRY(write_existing(AT_FDCWD, directory + "/cgroup.event_control", fmt::format("{} {}", event.get(), control.get())));
  return event;
}

}  // namespace

Result<MemoryWatch> MemoryWatch::open(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  for (const std::string& directory : stored.record.cgroups) {
    std::string events = directory + "/memory.events";
    if (sys::exists(AT_FDCWD, events)) return MemoryWatch(TRY(watch_v2(events)));
    if (sys::exists(AT_FDCWD, directory + "/memory.oom_control")) return MemoryWatch(TRY(watch_v1(directory)));
  }
  return MemoryWatch(UniqueFd());
}

void MemoryWatch::acknowledge() {
  std::array<char, 4096> events;
  ignore(sys::read(fd_.get(), events));  // that there is something is all that counts
}

}  // namespace aictr::runtime
