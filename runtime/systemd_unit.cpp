#include "runtime/systemd_unit.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

constexpr std::string_view kSlice = ".slice";
constexpr std::size_t kLongestName = 255;  // UNIT_NAME_MAX, systemd.unit(5)

Error usage(std::string_view reason) {
  return make_error(Kind::usage, fmt::format("/linux/cgroupsPath {}", reason));
}

bool is_name_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
         std::string_view(":-_.\\@").find(byte) != std::string_view::npos;
}

Result<void> check_name(const std::string& name) {
  if (name.size() > kLongestName || !std::ranges::all_of(name, is_name_byte))
    return usage(fmt::format("'{}' is no name of a unit of systemd", name));
  return {};
}

Result<void> check_slice(const std::string& slice) {
  TRY(check_name(slice));
  if (!slice.ends_with(kSlice)) return usage(fmt::format("'{}' does not end in .slice", slice));
  std::string name = slice.substr(0, slice.size() - kSlice.size());
  if (name == "-") return {};
  if (name.empty() || name.starts_with('-') || name.ends_with('-') || name.find("--") != std::string::npos)
    return usage(fmt::format("'{}' is no slice: each part between dashes names one", slice));
  return {};
}

}  // namespace

std::string ScopeName::cgroup() const {
  std::string path;
  std::string name = slice.substr(0, slice.size() - kSlice.size());
  if (name != "-") {
    for (std::size_t dash = name.find('-'); dash != std::string::npos; dash = name.find('-', dash + 1))
      path += fmt::format("/{}{}", name.substr(0, dash), kSlice);
    path += "/" + slice;
  }
  return path + "/" + unit;
}

Result<ScopeName> scope_name(std::string_view cgroups_path, const std::string& id, Manager manager) {
  std::vector<std::string> parts = {"", "aictr", id};
  if (!cgroups_path.empty()) parts = split(cgroups_path, ':');
  if (parts.size() != 3)
    return make_error(Kind::usage,
                      fmt::format("/linux/cgroupsPath: expected cgroupsPath to be of format \"slice:prefix:name\" for "
                                  "systemd cgroups, got '{}' instead",
                                  cgroups_path),
                      "without --systemd-cgroup it is a path");
  ScopeName name;
  name.slice = parts[0];
  if (name.slice.empty()) name.slice = manager == Manager::system ? "system.slice" : "user.slice";
  TRY(check_slice(name.slice));
  if (parts[2].empty()) return usage(fmt::format("'{}' has no name", cgroups_path));
  if (parts[2].ends_with(kSlice))
    return usage(fmt::format("'{}' names a slice, which holds no processes", cgroups_path));
  name.unit = parts[1].empty() ? parts[2] : parts[1] + "-" + parts[2];
  name.unit += ".scope";
  TRY(check_name(name.unit));
  return name;
}

std::string object_path_of(std::string_view unit) {
  std::string path = "/org/freedesktop/systemd1/unit/";
  for (char byte : unit) {
    if (std::isalnum(static_cast<unsigned char>(byte)) != 0) {
      path += byte;
    } else {
      path += fmt::format("_{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return path;
}

}  // namespace aictr::runtime
