#include "cli/run_devices.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "cli/run_cdi.h"
#include "oci/cdi_name.h"

namespace aictr::cli {
namespace {

struct Wish {
  std::string host;
  std::string container;
  std::string access = "rwm";
};

bool is_access(const std::string& text) {
  return !text.empty() && text.find_first_not_of("rwm") == std::string::npos;
}

// "HOST", "HOST:CONTAINER", "HOST:rwm" or "HOST:CONTAINER:rwm".
Result<Wish> parse_device(const std::string& text) {
  auto parts = split(text, ':');
  Wish wish{parts[0], parts[0], "rwm"};
  if (parts.size() == 2 && is_access(parts[1])) {
    wish.access = parts[1];
  } else if (parts.size() >= 2) {
    wish.container = parts[1];
  }
  if (parts.size() == 3) wish.access = parts[2];
  bool valid =
      parts.size() <= 3 && wish.host.starts_with('/') && wish.container.starts_with('/') && is_access(wish.access);
  if (!valid) {
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --device", text),
                      "write HOST[:CONTAINER[:rwm]] with absolute paths");
  }
  return wish;
}

void add_node(oci::Spec& spec, const struct stat& st, const std::string& path, const std::string& access) {
  oci::Device device;
  device.type = S_ISBLK(st.st_mode) ? "b" : "c";
  device.path = path;
  device.major = major(st.st_rdev);
  device.minor = minor(st.st_rdev);
  device.file_mode = st.st_mode & 07777;
  device.uid = st.st_uid;
  device.gid = st.st_gid;
  oci::DeviceRule rule;
  rule.allow = true;
  rule.type = device.type;
  rule.major = device.major;
  rule.minor = device.minor;
  rule.access = access;
  spec.linux_part->devices.push_back(std::move(device));
  spec.linux_part->resources->devices.push_back(std::move(rule));
}

bool is_device(mode_t mode) {
  return S_ISCHR(mode) || S_ISBLK(mode);
}

// What the container's own /dev has anyway.
bool is_ours(const std::string& path) {
  static const std::set<std::string> ours = {"/dev/null",    "/dev/zero", "/dev/full",  "/dev/random",
                                             "/dev/urandom", "/dev/tty",  "/dev/ptmx",  "/dev/console",
                                             "/dev/pts",     "/dev/shm",  "/dev/mqueue"};
  return ours.contains(path);
}

// Devices come and go while we look; one that is gone is left out.
Result<void> add_directory(oci::Spec& spec, const std::string& host, const std::string& container,
                           const std::string& access) {
  for (const std::string& name : TRY(list_directory(AT_FDCWD, host))) {
    std::string path = fmt::format("{}/{}", host, name);
    auto st = sys::stat(AT_FDCWD, path);
    if (!st.ok() || is_ours(path)) continue;
    std::string inside = fmt::format("{}/{}", container, name);
    if (S_ISDIR(st.value().st_mode)) {
      TRY(add_directory(spec, path, inside, access));
    } else if (is_device(st.value().st_mode)) {
      add_node(spec, st.value(), inside, access);
    }
  }
  return {};
}

}  // namespace

Result<void> add_devices(oci::Spec& spec, const RunFlags& flags) {
  if (flags.privileged) TRY(add_directory(spec, "/dev", "/dev", "rwm"));
  std::vector<std::string> cdi_names;
  for (const std::string& text : flags.device) {
    if (oci::looks_like_cdi_name(text)) {
      cdi_names.push_back(text);
      continue;
    }
    Wish wish = TRY(parse_device(text));
    struct stat st = TRY_AS("--device", sys::stat(AT_FDCWD, wish.host, 0));
    if (S_ISDIR(st.st_mode)) {
      TRY(add_directory(spec, wish.host, wish.container, wish.access));
    } else if (is_device(st.st_mode)) {
      add_node(spec, st, wish.container, wish.access);
    } else {
      return make_error(Kind::usage, fmt::format("--device: '{}' is not a device", wish.host),
                        "use -v for files and directories");
    }
  }
  return add_cdi_devices(spec, cdi_names, flags);
}

}  // namespace aictr::cli
