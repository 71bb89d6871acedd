#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/dbus_message.h"

namespace aictr::runtime {

// A property of a unit, as org.freedesktop.systemd1(5) has it; the type of the value is that of D-Bus.
struct UnitProperty {
  using Pairs = std::vector<std::pair<std::string, std::string>>;      // a(ss)
  using Amounts = std::vector<std::pair<std::string, std::uint64_t>>;  // a(st)
  using Value =
      std::variant<bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double, std::string,
                   std::vector<std::uint8_t>, std::vector<std::uint32_t>, std::vector<std::string>, Pairs, Amounts>;
  std::string name;
  Value value;
};

// As the a(sv) of StartTransientUnit and SetUnitProperties.
void write_properties(DbusWriter& writer, const std::vector<UnitProperty>& properties);

}  // namespace aictr::runtime
