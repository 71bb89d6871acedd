#include "hooks/netavark.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/process.h"
#include "base/sys.h"
#include "base/text.h"
#include "hooks/network_namespace.h"
#include "oci/json.h"

namespace aictr::hooks {
namespace {

// Where distributions put Podman's programs (containers.conf(5), helper_binaries_dir).
constexpr const char* kFolders[] = {"/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman",
                                    "/usr/lib/podman"};
// It looks for iptables there, in each folder at each of its many calls.
constexpr const char* kPath = "PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";
constexpr auto kPatience = std::chrono::seconds(60);
// As long as the kernel may need to take a namespace down whose last process has ended.
constexpr int kNamespaceMs = 5000;
constexpr int kLookAgainMs = 10;

std::string program_in_folders(const std::string& name) {
  for (const char* folder : kFolders) {
    std::string path = fmt::format("{}/{}", folder, name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  return find_program(name).value_or("");
}

// {"error":"…"} is among what it prints; the rest are logs.
std::string reason_in(const std::string& output) {
  for (const std::string& line : split(output, '\n')) {
    if (!line.starts_with('{')) continue;
    auto json = oci::parse_json(line);
    const oci::Json* error = json.ok() ? json.value().find("error") : nullptr;
    if (error != nullptr && error->as<std::string>() != nullptr) return one_line(*error->as<std::string>());
  }
  return one_line(trim(output));
}

// The interface's other end goes with the namespace, but not at once, and a bridge that has interfaces stays. The
// number may be somebody else's by now: only a port of this bridge is removed.
Result<void> remove_host_end(const Connections& connections, const Connection& connection) {
  const std::string& bridge = connection.network.network_interface;
  if (connection.host_index != 0) {
    std::vector<int> ports = TRY(ports_of_bridge(bridge));
    bool is_port = std::ranges::find(ports, connection.host_index) != ports.end();
    return is_port ? remove_interface(connection.host_index) : Result<void>();
  }
  std::vector<Connection> all = TRY(connections.list());
  auto others = std::ranges::count_if(all, [&](const Connection& other) {
    return other.network.id == connection.network.id && other.container_id != connection.container_id;
  });
  for (int waited_ms = 0; waited_ms < kNamespaceMs; waited_ms += kLookAgainMs) {
    std::vector<int> ports = TRY(ports_of_bridge(bridge));
    if (static_cast<std::ptrdiff_t>(ports.size()) <= others) return {};
    ::poll(nullptr, 0, kLookAgainMs);
  }
  return {};
}

}  // namespace

Result<Netavark> Netavark::find() {
  std::string program = program_in_folders("netavark");
  if (program.empty()) {
    return make_error(Kind::unsupported, "networks of containers need the program netavark, which is not installed",
                      "install the packages netavark and aardvark-dns; --network host works meanwhile");
  }
  return Netavark(std::move(program), program_in_folders("aardvark-dns"));
}

// The lock is netavark's standard input: when we are killed, nobody else begins before it has ended. aardvark-dns,
// which stays, gets another one from it.
Result<void> Netavark::call(const char* what, const Connections& connections, const Connection& connection,
                            const std::string& ns) const {
  Command command;
  command.program = program_;
  command.arguments = {"netavark", "--config", connections.directory(), "--file", connections.path(connection)};
  if (resolves_names()) command.arguments.insert(command.arguments.end(), {"--aardvark-binary", aardvark_});
  command.arguments.insert(command.arguments.end(), {what, ns});
  command.environment = {kPath};
  if (const char* firewall = std::getenv("NETAVARK_FW"))
    command.environment.push_back(fmt::format("NETAVARK_FW={}", firewall));
  command.input_file = connections.lock_fd();
  command.deadline = kPatience;
  CommandResult result = TRY(run_command(command));
  if (result.ended.exit_code() == 0) return {};
  std::string reason = reason_in(result.output);
  std::string hint = reason.find("iptables") != std::string::npos ? "netavark needs the package iptables" : "";
  return make_error(Kind::network, fmt::format("network '{}': netavark {}: {}", connection.network.name, what, reason),
                    hint);
}

Result<void> Netavark::set_up(const Connections& connections, Connection& connection, pid_t pid) const {
  TRY(connections.save(connection));
  auto done = call("setup", connections, connection, fmt::format("/proc/{}/ns/net", pid));
  if (done.ok()) {
    connection.host_index = host_end_of(pid, connection.interface).value_or(0);
    done = connections.save(connection);
  }
  if (!done.ok()) ignore(tear_down(connections, connection, pid));  // the error to tell is the one that ended it
  return done;
}

Result<void> Netavark::tear_down(const Connections& connections, const Connection& connection,
                                 std::optional<pid_t> pid) const {
  UniqueFd stand_in;
  std::string ns = pid ? fmt::format("/proc/{}/ns/net", *pid) : "";
  if (!pid) {
    TRY(remove_host_end(connections, connection));
    stand_in = TRY(stand_in_namespace(connection.interface));
    ns = fmt::format("/proc/{}/fd/{}", ::getpid(), stand_in.get());
  }
  auto done = call("teardown", connections, connection, ns);
  // It goes on after a failure and tells all of them; what was never made cannot be removed.
  if (!done.ok() && connection.host_index != 0) return done;
  return connections.drop(connection);
}

}  // namespace aictr::hooks
