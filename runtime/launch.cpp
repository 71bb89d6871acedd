#include "runtime/launch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "runtime/handshake.h"

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
  // A sibling of ours, so that it is our parent's child.
  return sys::clone3(place.plan.clone_flags() | CLONE_PARENT, place.cgroup);
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

Result<sys::Cloned> launch_with_forerunner(const Birthplace& place) {
  sys::SocketPair pair = TRY(sys::socket_pair(SOCK_SEQPACKET));
  sys::Cloned forerunner = TRY(sys::clone3(0));
  if (forerunner.pid == 0) {
    pair.first.reset();
    auto cloned = enter_and_clone(place);
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
  if (place.plan.needs_forerunner()) return launch_with_forerunner(place);
  return sys::clone3(place.plan.clone_flags(), place.cgroup);
}

}  // namespace aictr::runtime
