#include "runtime/launch.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "runtime/handshake.h"
#include "runtime/process_setup.h"

namespace aictr::runtime {
namespace {

// "monotonic 10 0", a line each (time_namespaces(7)); the kernel takes it only while nobody is in the namespace.
Result<void> make_time_namespace(const std::map<std::string, oci::TimeOffset>& offsets) {
  TRY(sys::unshare(CLONE_NEWTIME));
  std::string text;
  for (const auto& [clock, offset] : offsets) text += fmt::format("{} {} {}\n", clock, offset.secs, offset.nanosecs);
  if (text.empty()) return {};
  TRY_AS("/linux/timeOffsets", write_existing(AT_FDCWD, "/proc/self/timens_offsets", text));
  return {};
}

Result<sys::Cloned> enter_and_clone(const Birthplace& place) {
  if (place.plan.creates(NamespaceType::time)) TRY(make_time_namespace(place.time_offsets));
  TRY(join_namespaces(place.namespaces));
  if (place.plan.joins(NamespaceType::user)) TRY(become_root_of_user_namespace());
  // A sibling of ours, so that it is our parent's child; and in our cgroup.
  return sys::clone3(place.plan.clone_flags() | CLONE_PARENT);
}

Result<void> enter(const Surroundings& place) {
  TRY(sys::setns(place.process.get(), place.types));
  if (!place.root) return {};
  TRY(sys::fchdir(place.root.get()));
  return sys::chroot(".");
}

Result<sys::Cloned> prepare_and_clone(const Arrival& arrival, int report) {
  TRY(arrival.prepare());
  std::set<int> kept = arrival.kept;
  kept.insert(report);
  std::set<int> needed = kept;
  needed.insert({arrival.place.process.get(), arrival.place.root.get()});
  TRY(close_all_but(needed));
  TRY_AS("enter the container", enter(arrival.place));
  TRY(close_all_but(kept));
  if (arrival.place.differ_in(CLONE_NEWUSER)) TRY(become_root_of_user_namespace());
  return sys::clone3(CLONE_PARENT);
}

void report(int socket, const Result<sys::Cloned>& cloned) {
  if (!cloned.ok()) {
    ignore(sys::send_message(socket, "e" + encode_error(cloned.error())));
    return;
  }
  std::array<int, 1> pidfd = {cloned.value().pidfd.get()};
  ignore(sys::send_message(socket, fmt::format("p{}", cloned.value().pid), pidfd));
}

Result<sys::Cloned> read_report(int socket) {
  sys::Message message = TRY(sys::receive_message(socket));
  if (message.bytes.starts_with('e')) return decode_error(std::string_view(message.bytes).substr(1));
  auto pid = message.bytes.empty() ? std::nullopt : parse_number<int>(std::string_view(message.bytes).substr(1));
  if (!pid || message.fds.size() != 1) return make_error(Kind::internal, "the process that goes ahead died");
  return sys::Cloned{*pid, std::move(message.fds[0])};
}

// The forerunner is born in the cgroup itself, and so is who comes after it: from inside of a user namespace nobody may
// put a process there.
template <class EnterAndClone>
Result<sys::Cloned> launch_with_forerunner(std::optional<int> cgroup, EnterAndClone enter_and_clone) {
  sys::SocketPair pair = TRY(sys::socket_pair(SOCK_SEQPACKET));
  sys::Cloned forerunner = TRY(sys::clone3(0, cgroup));
  if (forerunner.pid == 0) {
    pair.first.reset();
    Result<sys::Cloned> cloned = enter_and_clone(pair.second.get());
    if (cloned.ok() && cloned.value().pid == 0) return cloned;  // the container's process goes on from here
    report(pair.second.get(), cloned);
    ::_exit(0);
  }
  pair.second.reset();
  auto child = read_report(pair.first.get());
  TRY(sys::wait(forerunner.pid));
  return child;
}

}  // namespace

Result<sys::Cloned> launch(const Birthplace& place) {
  if (place.plan.needs_forerunner()) {
    return launch_with_forerunner(place.cgroup, [&](int) { return enter_and_clone(place); });
  }
  return sys::clone3(place.plan.clone_flags(), place.cgroup);
}

Result<sys::Cloned> launch_into(const Arrival& arrival) {
  // Nor may anybody look into it before its exec, which ends this.
  TRY(sys::prctl(PR_SET_DUMPABLE, 0));
  return launch_with_forerunner(arrival.cgroup, [&](int report) { return prepare_and_clone(arrival, report); });
}

}  // namespace aictr::runtime
