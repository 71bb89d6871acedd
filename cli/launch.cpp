#include "cli/launch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/unix_socket.h"
#include "cli/attach_protocol.h"
#include "cli/bring_up.h"
#include "cli/exit_code.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

struct Connection {
  UniqueFd ours;
  UniqueFd monitors;
};

Result<Connection> connect_both() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) return sys_error("make a connection");
  return Connection{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// A session of its own: what ends us, or our terminal, does not end the monitor.
[[noreturn]] void live_as_monitor(std::string_view command, const Globals& globals, const ContainerPlaces& places,
                                  MadeContainer made, UniqueFd client, WhenFailed when_failed) {
  ignore(sys::setsid());
  std::vector<UniqueFd> clients;
  clients.push_back(std::move(client));
  Container record = made.record;
  Error error = bring_up(globals, places, std::move(made), std::move(clients));
  int code = exit_code_of(error);
  report_error(std::move(error).context(command));
  if (when_failed == WhenFailed::remove) {
    ignore(places.containers.remove(record, places.states, runtime::Force::yes, Containers::OwnVolumes::remove));
  }
  ::_exit(code);
}

}  // namespace

Result<Launched> launch(std::string_view command, const Globals& globals, const ContainerPlaces& places,
                        MadeContainer made, WhenFailed when_failed) {
  Connection connection = TRY(connect_both());
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid == 0) {
    connection.ours.reset();
    live_as_monitor(command, globals, places, std::move(made), std::move(connection.monitors), when_failed);
  }
  connection.monitors.reset();
  auto first = sys::receive_message(connection.ours.get(), kPacketLimit);
  bool runs = first.ok() && first.value().bytes == std::string(1, static_cast<char>(Packet::started));
  if (runs) return Launched{std::move(connection.ours), std::nullopt};
  sys::Ended ended = TRY(sys::wait(child.pid));
  if (!ended.signaled) return Launched{UniqueFd(), ended.exit_code()};
  return make_error(Kind::busy, "the process that was to become the container's monitor was killed",
                    "`aictr ps -a` clears away what it left");
}

}  // namespace aictr::cli
