#include "cli/run_mounts.h"

#include <fcntl.h>

#include <array>
#include <set>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

Error bad(std::string_view flag, std::string_view value, std::string_view reason, std::string hint = {}) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: {}", value, flag, reason), std::move(hint));
}

std::string absolute(std::string_view path, const std::string& current_directory) {
  if (path.starts_with('/')) return std::string(path);
  return fmt::format("{}/{}", current_directory, path);
}

oci::Mount bind(std::string source, std::string target) {
  oci::Mount mount;
  mount.type = "bind";
  mount.source = std::move(source);
  mount.destination = std::move(target);
  mount.options = {"rbind"};
  return mount;
}

constexpr std::array kPropagation = {"private"sv, "rprivate"sv, "shared"sv, "rshared"sv, "slave"sv, "rslave"sv};
// SELinux relabelling and macOS consistency: nothing to do here, and every compose file has them.
constexpr std::array kNoMeaningHere = {"rw"sv, "z"sv, "Z"sv, "cached"sv, "delegated"sv, "consistent"sv};
constexpr std::array kPassedOn = {"exec"sv, "noexec"sv, "suid"sv, "nosuid"sv, "dev"sv, "nodev"sv, "bind"sv, "rbind"sv};

bool contains(std::span<const std::string_view> set, std::string_view word) {
  for (std::string_view one : set) {
    if (one == word) return true;
  }
  return false;
}

// One word behind the second colon of -v. False: unknown.
bool add_bind_option(oci::Mount& mount, const std::string& option) {
  if (contains(kNoMeaningHere, option)) return true;
  if (option == "ro") {
    mount.options.emplace_back("rro");  // what is mounted below the source must not be writable either
    return true;
  }
  if (!contains(kPropagation, option) && !contains(kPassedOn, option)) return false;
  mount.options.push_back(option);
  return true;
}

void default_propagation(oci::Mount& mount) {
  for (const std::string& option : mount.options) {
    if (contains(kPropagation, option)) return;
  }
  mount.options.emplace_back("rprivate");
}

Result<void> check_target(std::string_view flag, std::string_view text, const std::string& target) {
  if (!target.starts_with('/')) return bad(flag, text, fmt::format("the target '{}' is not an absolute path", target));
  if (target == "/") return bad(flag, text, "the target cannot be the root");
  return {};
}

// Of two mounts on one place the first could not be seen; nobody means that.
Result<void> check_targets_differ(const std::vector<oci::Mount>& mounts) {
  std::set<std::string> targets;
  for (const oci::Mount& mount : mounts) {
    std::string target = mount.destination;
    while (target.size() > 1 && target.back() == '/') target.pop_back();
    if (targets.insert(target).second) continue;
    return make_error(Kind::usage, fmt::format("two mounts for '{}'", target), "-v, --mount and --tmpfs name it twice");
  }
  return {};
}

bool is_true(std::string_view value) {
  return value.empty() || value == "true" || value == "1";
}

}  // namespace

Result<oci::Mount> parse_volume(std::string_view text, const std::string& current_directory) {
  auto parts = split(text, ':');
  if (parts.size() == 1) {
    return bad("volume", text, "volumes without a source are not supported yet", "write HOST-PATH:CONTAINER-PATH");
  }
  if (parts.size() > 3 || parts[0].empty()) return bad("volume", text, "write SOURCE:TARGET[:OPTIONS]");
  bool is_path = parts[0].starts_with('/') || parts[0].starts_with('.') || parts[0].find('/') != std::string::npos;
  if (!is_path) {
    return bad("volume", text, fmt::format("'{}' would be a named volume, and those are not supported yet", parts[0]),
               fmt::format("for a directory here, write ./{}", parts[0]));
  }
  TRY(check_target("volume", text, parts[1]));
  oci::Mount mount = bind(absolute(parts[0], current_directory), parts[1]);
  if (parts.size() == 3) {
    for (const std::string& option : split(parts[2], ',')) {
      if (!add_bind_option(mount, option)) return bad("volume", text, fmt::format("unknown option '{}'", option));
    }
  }
  default_propagation(mount);
  return mount;
}

Result<oci::Mount> parse_mount(std::string_view text, const std::string& current_directory) {
  std::string type = "bind";
  std::string source;
  std::string target;
  std::vector<std::string> bind_options;
  std::vector<std::string> tmpfs_options;
  for (const std::string& field : split(text, ',')) {
    auto equals = field.find('=');
    std::string key = lower(field.substr(0, equals));
    std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    if (key == "type") {
      type = value;
    } else if (key == "source" || key == "src") {
      source = value;
    } else if (key == "target" || key == "dst" || key == "destination") {
      target = value;
    } else if (key == "readonly" || key == "ro") {
      if (is_true(value)) bind_options.emplace_back("ro");
    } else if (key == "bind-propagation") {
      bind_options.push_back(value);
    } else if (key == "tmpfs-size") {
      tmpfs_options.push_back(fmt::format("size={}", TRY_AS("--mount tmpfs-size", parse_bytes(value))));
    } else if (key == "tmpfs-mode") {
      tmpfs_options.push_back("mode=" + value);
    } else {
      return bad("mount", text, fmt::format("unknown key '{}'", key));
    }
  }
  if (target.empty()) return bad("mount", text, "it has no target");
  TRY(check_target("mount", text, target));
  if (type == "tmpfs") {
    oci::Mount mount = TRY(parse_tmpfs(target));
    mount.options.insert(mount.options.end(), tmpfs_options.begin(), tmpfs_options.end());
    for (const std::string& option : bind_options) mount.options.push_back(option);
    return mount;
  }
  if (type != "bind")
    return bad("mount", text, fmt::format("type '{}' is not supported", type), "use type=bind or type=tmpfs");
  if (source.empty()) return bad("mount", text, "it has no source");
  oci::Mount mount = bind(absolute(source, current_directory), target);
  for (const std::string& option : bind_options) {
    if (!add_bind_option(mount, option)) return bad("mount", text, fmt::format("unknown propagation '{}'", option));
  }
  default_propagation(mount);
  return mount;
}

Result<oci::Mount> parse_tmpfs(std::string_view text) {
  auto colon = text.find(':');
  oci::Mount mount;
  mount.type = "tmpfs";
  mount.source = "tmpfs";
  mount.destination = text.substr(0, colon);
  TRY(check_target("tmpfs", text, mount.destination));
  mount.options = {"nosuid", "nodev", "noexec"};
  if (colon == std::string_view::npos) return mount;
  for (const std::string& option : split(text.substr(colon + 1), ',')) {
    if (option == "exec" || option == "suid" || option == "dev") {
      std::erase(mount.options, "no" + option);
    } else if (!option.empty() && option != "rw") {
      mount.options.push_back(option);
    }
  }
  return mount;
}

Result<std::vector<oci::Mount>> run_mounts(const RunFlags& flags, const std::string& current_directory) {
  std::vector<oci::Mount> mounts;
  for (const std::string& text : flags.volume) mounts.push_back(TRY(parse_volume(text, current_directory)));
  for (const std::string& text : flags.mount) mounts.push_back(TRY(parse_mount(text, current_directory)));
  for (const std::string& text : flags.tmpfs) mounts.push_back(TRY(parse_tmpfs(text)));
  TRY(check_targets_differ(mounts));
  for (const oci::Mount& mount : mounts) {
    if (mount.type != "bind") continue;
    auto source = sys::stat(AT_FDCWD, mount.source, 0);
    if (source.ok()) continue;
    return std::move(source)
        .error()
        .context(fmt::format("bind mount for '{}'", mount.destination))
        .with_hint("the source of a bind mount is not made by itself: make it, or correct the path");
  }
  return mounts;
}

oci::Mount shm_mount(std::int64_t size) {
  oci::Mount mount;
  mount.type = "tmpfs";
  mount.source = "shm";
  mount.destination = "/dev/shm";
  mount.options = {"nosuid", "noexec", "nodev", "mode=1777"};
  if (size > 0) mount.options.push_back(fmt::format("size={}", size));
  return mount;
}

}  // namespace aictr::cli
