#include "runtime/container_root.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "runtime/process_identity.h"
#include "runtime/state_file.h"
#include "runtime/surroundings.h"

namespace aictr::runtime {
namespace {

struct Found {
  pid_t pid;
  Surroundings place;
};

Result<Found> find_first_process(const StateRoot& root, const std::string& id) {
  StoredRecord stored = TRY(load_record(root, id));
  auto process = TRY(open_first_process(stored.record));
  if (!process || stored.in_the_making) return make_error(Kind::busy, "container not running");
  Surroundings place = TRY(surroundings_of(stored.record.pid, std::move(*process), RootOf::process));
  return Found{stored.record.pid, std::move(place)};
}

// In a process of its own, as there is no way back from a mount namespace that a path is needed for.
Result<void> send_bare_root(int process, int socket) {
  TRY(sys::setns(process, CLONE_NEWNS));
  UniqueFd tree = TRY(sys::open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE));
  int fd = tree.get();
  return sys::send_message(socket, "root", {&fd, 1});
}

int from_octal(std::string_view digits) {
  return parse_number<int>(digits, 8).value_or(-1);
}

std::string unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    int code = text[0] == '\\' && text.size() > 3 ? from_octal(text.substr(1, 3)) : -1;
    plain += code < 0 ? text[0] : static_cast<char>(code);
    text.remove_prefix(code < 0 ? 1 : 4);
  }
  return plain;
}

}  // namespace

Result<UniqueFd> open_container_root(const StateRoot& root, const std::string& id) {
  Found found = TRY(find_first_process(root, id));
  return std::move(found.place.root);
}

Result<UniqueFd> clone_container_root(const StateRoot& root, const std::string& id) {
  Found found = TRY(find_first_process(root, id));
  sys::SocketPair sockets = TRY(sys::socket_pair(SOCK_SEQPACKET));
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid == 0) {
    auto sent = send_bare_root(found.place.process.get(), sockets.second.get());
    if (!sent.ok()) ignore(sys::send_message(sockets.second.get(), sent.error().message));
    ::_exit(0);
  }
  sockets.second.reset();
  auto message = sys::receive_message(sockets.first.get());
  TRY(sys::wait(child.pid));
  sys::Message received = TRY(std::move(message));
  if (received.fds.size() == 1) return std::move(received.fds[0]);
  return make_error(Kind::internal, fmt::format("enter the mount namespace of the container: {}",
                                                received.bytes.empty() ? "it was killed" : received.bytes));
}

Result<std::vector<std::string>> container_mount_points(const StateRoot& root, const std::string& id) {
  Found found = TRY(find_first_process(root, id));
  std::string text = TRY(read_file(AT_FDCWD, fmt::format("/proc/{}/mountinfo", found.pid)));
  return parse_mount_points(text);
}

std::vector<std::string> parse_mount_points(std::string_view mountinfo) {
  constexpr std::size_t kMountPoint = 4;
  std::vector<std::string> points;
  for (const std::string& line : split(mountinfo, '\n')) {
    auto fields = words(line);
    if (fields.size() > kMountPoint) points.push_back(unescape(fields[kMountPoint]));
  }
  return points;
}

}  // namespace aictr::runtime
