#include "runtime/systemd.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

using namespace std::chrono_literals;

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kObject = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr auto kJobPatience = 30s;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

bool in_first_user_namespace() {
  auto map = read_file(AT_FDCWD, "/proc/self/uid_map");
  return !map.ok() || words(map.value()) == std::vector<std::string>{"0", "0", "4294967295"};
}

struct Sockets {
  std::string bus;
  std::string own;  // of systemd itself
};

Sockets sockets_of(Manager manager) {
  Sockets sockets;
  if (manager == Manager::system) {
    sockets.bus = socket_of_address(variable("DBUS_SYSTEM_BUS_ADDRESS"));
    if (sockets.bus.empty()) sockets.bus = "/run/dbus/system_bus_socket";
    sockets.own = "/run/systemd/private";
    return sockets;
  }
  std::string directory = variable("XDG_RUNTIME_DIR");
  if (directory.empty()) directory = fmt::format("/run/user/{}", ::geteuid());
  sockets.bus = socket_of_address(variable("DBUS_SESSION_BUS_ADDRESS"));
  if (sockets.bus.empty()) sockets.bus = directory + "/bus";
  sockets.own = directory + "/systemd/private";
  return sockets;
}

Result<DbusConnection> open_any(const Sockets& sockets) {
  auto bus = DbusConnection::open(sockets.bus, DbusConnection::Peer::bus);
  if (bus.ok()) return bus;
  auto own = DbusConnection::open(sockets.own, DbusConnection::Peer::program);
  if (own.ok()) return own;
  return std::move(bus).error();
}

}  // namespace

Manager our_manager() {
  return ::geteuid() == 0 && in_first_user_namespace() ? Manager::system : Manager::user;
}

Result<Systemd> Systemd::connect() {
  auto bus = open_any(sockets_of(our_manager()));
  if (!bus.ok())
    return std::move(bus)
        .error()
        .context("cannot reach systemd")
        .with_kind(Kind::unsupported)
        .with_hint("without --systemd-cgroup aictr makes cgroups itself");
  Systemd systemd(std::move(bus).value());
  TRY_AS("systemd", systemd.listen());
  return systemd;
}

// A bus hands on signals to those only who ask for them, and systemd sends none to a bus where nobody does.
Result<void> Systemd::listen() {
  if (bus_.peer() == DbusConnection::Peer::program) return {};
  DbusWriter match;
  match.string(fmt::format("type='signal',sender='{}',interface='{}',member='JobRemoved'", kName, kManager));
  TRY(bus_.call(
      {"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", match.bytes()}));
  TRY(ask("Subscribe", "", {}));
  return {};
}

Result<DbusMessage> Systemd::ask(std::string_view method, std::string_view signature, const DbusWriter& arguments) {
  return bus_.call({kName, kObject, kManager, std::string(method), std::string(signature), arguments.bytes()});
}

Result<std::string> Systemd::wait_for_job(const std::string& job) {
  for (auto deadline = std::chrono::steady_clock::now() + kJobPatience;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    DbusMessage signal = TRY(bus_.next_signal(left));
    if (signal.member != "JobRemoved") continue;
    DbusReader reader(signal.body);
    reader.u32();
    if (reader.string() != job) continue;
    reader.string();  // the unit
    return reader.string();
  }
}

Result<void> Systemd::start_scope(const std::string& unit, std::vector<UnitProperty> properties) {
  DbusWriter arguments;
  arguments.string(unit);
  arguments.string("replace");
  write_properties(arguments, properties);
  arguments.array(8, [] {});  // no further units
  DbusMessage started = TRY(ask("StartTransientUnit", "ssa(sv)a(sa(sv))", arguments));
  std::string outcome = TRY_AS(unit, wait_for_job(DbusReader(started.body).string()));
  if (outcome == "done") return {};
  return make_error(Kind::internal, fmt::format("systemd cannot start '{}': its job ended as '{}'", unit, outcome),
                    fmt::format("systemctl status '{}' may say why", unit));
}

Result<std::string> Systemd::cgroup_of_scope(const std::string& unit) {
  DbusWriter arguments;
  arguments.string("org.freedesktop.systemd1.Scope");
  arguments.string("ControlGroup");
  DbusMessage answer =
      TRY(bus_.call({kName, object_path_of(unit), "org.freedesktop.DBus.Properties", "Get", "ss", arguments.bytes()}));
  DbusReader reader(answer.body);
  if (reader.signature() != "s") return make_error(Kind::corrupt, "systemd tells no cgroup");
  std::string cgroup = reader.string();
  if (!cgroup.starts_with('/')) return make_error(Kind::internal, fmt::format("systemd has no cgroup for '{}'", unit));
  return cgroup;
}

Result<void> Systemd::set_properties(const std::string& unit, const std::vector<UnitProperty>& properties) {
  if (properties.empty()) return {};
  DbusWriter arguments;
  arguments.string(unit);
  arguments.boolean(true);  // not beyond the life of this unit
  write_properties(arguments, properties);
  TRY(ask("SetUnitProperties", "sba(sv)", arguments));
  return {};
}

Result<void> Systemd::stop(const std::string& unit) {
  DbusWriter arguments;
  arguments.string(unit);
  arguments.string("replace");
  auto stopped = ask("StopUnit", "ss", arguments);
  if (!stopped.ok() && stopped.error().kind == Kind::not_found) return {};
  DbusMessage job = TRY(std::move(stopped));
  TRY_AS(unit, wait_for_job(DbusReader(job.body).string()));
  return forget_failure(unit);
}

// A unit that has failed stays, and its name is taken.
Result<void> Systemd::forget_failure(const std::string& unit) {
  DbusWriter arguments;
  arguments.string(unit);
  auto forgotten = ask("ResetFailedUnit", "s", arguments);
  if (!forgotten.ok() && forgotten.error().kind == Kind::not_found) return {};
  TRY(std::move(forgotten));
  return {};
}

}  // namespace aictr::runtime
