#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/dbus_connection.h"
#include "runtime/systemd_unit.h"
#include "runtime/unit_property.h"

namespace aictr::runtime {

// The systemd that manages our cgroups: the machine's for root, else that of our user.
Manager our_manager();

// A conversation with it (org.freedesktop.systemd1(5)), over its bus or, where there is none, its own socket.
class Systemd {
 public:
  static Result<Systemd> connect();  // Kind::unsupported where none is running

  // Makes a scope with these processes in it and waits until it stands. Kind::exists when there is one.
  Result<void> start_scope(const std::string& unit, std::vector<UnitProperty> properties);
  // Its cgroup, from the root of each hierarchy on: "/system.slice/aictr-web.scope".
  Result<std::string> cgroup_of_scope(const std::string& unit);
  // Until the unit is gone.
  Result<void> set_properties(const std::string& unit, const std::vector<UnitProperty>& properties);
  // Ends what runs in it, waits for that and forgets the unit. One that is not there is no error.
  Result<void> stop(const std::string& unit);
  Result<void> forget_failure(const std::string& unit);

 private:
  explicit Systemd(DbusConnection bus) : bus_(std::move(bus)) {}
  Result<void> listen();
  Result<DbusMessage> ask(std::string_view method, std::string_view signature, const DbusWriter& arguments);
  Result<std::string> wait_for_job(const std::string& job);
  DbusConnection bus_;
};

}  // namespace aictr::runtime
