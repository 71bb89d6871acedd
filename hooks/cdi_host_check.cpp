#include "hooks/cdi_host_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

// A file, and each directory above it up to the root: whoever may write to one of them decides what is run.
bool only_ours(std::string path) {
  while (true) {
    auto st = sys::stat(AT_FDCWD, path, 0);
    if (!st.ok()) return true;  // that it is missing is another error
    bool owned = st.value().st_uid == 0 || st.value().st_uid == ::geteuid();
    bool sticky = S_ISDIR(st.value().st_mode) && (st.value().st_mode & S_ISVTX) != 0;
    if (!owned || ((st.value().st_mode & 022) != 0 && !sticky)) return false;
    auto slash = path.rfind('/');
    if (path == "/" || slash == std::string::npos) return true;
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
}

HostPath look_at(const std::string& path) {
  HostPath result;
  result.exists = sys::stat(AT_FDCWD, path, 0).ok();
  auto st = sys::stat(AT_FDCWD, path);
  result.is_node =
      st.ok() && (S_ISCHR(st.value().st_mode) || S_ISBLK(st.value().st_mode) || S_ISFIFO(st.value().st_mode));
  result.trusted = only_ours(path);
  return result;
}

class Check {
 public:
  Check(const CdiFile& file, const CdiHost& host) : file_(file), host_(host) {}

  void mount(const oci::MountEdit& mount, const std::string& pointer) {
    bool bind = mount.type.empty() || mount.type == "bind" || mount.type == "none";
    if (!bind || !mount.host_path.starts_with('/')) return;
    std::string version = driver_version_of(mount.host_path);
    bool exists = host_.look(mount.host_path).exists;
    if (!version.empty() && !host_.nvidia_version.empty() && version != host_.nvidia_version) {
      add(pointer + "/hostPath",
          fmt::format("'{}' is of the driver {}, and {} is loaded", mount.host_path, version, host_.nvidia_version),
          "the file is older than the driver: generate it again, as with 'aictr cdi generate'");
    } else if (!exists) {
      add(pointer + "/hostPath", fmt::format("'{}' is not there", mount.host_path),
          "generate the file again, or install what it names");
    }
  }

  void node(const oci::DeviceNodeEdit& node, const std::string& pointer) {
    if (!node.type.empty() && (node.major != 0 || node.type == "p")) return;
    const std::string& path = node.host_path.empty() ? node.path : node.host_path;
    std::string key = pointer + (node.host_path.empty() ? "/path" : "/hostPath");
    HostPath host = host_.look(path);
    if (!host.exists) {
      add(key, fmt::format("'{}' is not there", path), "load the driver of the device, or generate the file again");
    } else if (!host.is_node) {
      add(key, fmt::format("'{}' is not a device node", path), "name the node itself, not a link to it");
    }
  }

  void hook(const oci::HookEdit& edit, const std::string& pointer) {
    HostPath host = host_.look(edit.hook.path);
    // startContainer is run in the container, from its own files.
    if (edit.name == "startContainer") return;
    if (!host.exists) {
      add(pointer + "/path", fmt::format("'{}' is not there", edit.hook.path), "install it, or remove the hook");
    } else if (!host.trusted) {
      add(pointer + "/path", fmt::format("'{}' may be written to by others than root", edit.hook.path),
          "what is run for a container must belong to root alone, with the directories above it");
    }
  }

  std::vector<Error> take() { return std::move(errors_); }

 private:
  void add(const std::string& pointer, const std::string& reason, std::string hint) {
    unsigned line = oci::line_in_cdi_spec(file_.text, file_.syntax, pointer, file_.read_yaml);
    errors_.push_back(make_error(
        Kind::not_found, fmt::format("'{}' line {}: {}: {}", file_.path, line, pointer, reason), std::move(hint)));
  }

  const CdiFile& file_;
  const CdiHost& host_;
  std::vector<Error> errors_;
};

// The version in /sys/module/nvidia/version, which the kernel's own module has too.
std::string loaded_nvidia_version() {
  return std::string(trim(read_file(AT_FDCWD, "/sys/module/nvidia/version").value_or("")));
}

void append(std::vector<Error>& all, std::vector<Error> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

CdiHost CdiHost::live() {
  return {look_at, loaded_nvidia_version()};
}

std::string driver_version_of(const std::string& path) {
  auto so = path.rfind(".so.");
  if (so == std::string::npos) return "";
  std::string version = path.substr(so + 4);
  auto parts = split(version, '.');
  bool numbers = std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
  });
  return numbers && parts.size() >= 2 && parts.size() <= 3 && parts[0].size() == 3 ? version : "";
}

std::vector<Error> check_on_host(const CdiFile& file, const oci::ContainerEdits& edits, const std::string& pointer,
                                 const CdiHost& host) {
  Check check(file, host);
  for (std::size_t i = 0; i < edits.mounts.size(); ++i) {
    check.mount(edits.mounts[i], fmt::format("{}/mounts/{}", pointer, i));
  }
  for (std::size_t i = 0; i < edits.device_nodes.size(); ++i) {
    check.node(edits.device_nodes[i], fmt::format("{}/deviceNodes/{}", pointer, i));
  }
  for (std::size_t i = 0; i < edits.hooks.size(); ++i) {
    check.hook(edits.hooks[i], fmt::format("{}/hooks/{}", pointer, i));
  }
  return check.take();
}

std::vector<Error> check_on_host(const CdiFile& file, const CdiHost& host) {
  if (!file.spec) return {};
  auto errors = check_on_host(file, file.spec->edits, "/containerEdits", host);
  for (std::size_t i = 0; i < file.spec->devices.size(); ++i) {
    append(errors,
           check_on_host(file, file.spec->devices[i].edits, fmt::format("/devices/{}/containerEdits", i), host));
  }
  return errors;
}

Result<void> check_on_host(const std::vector<CdiRegistry::Entry>& entries, const CdiHost& host) {
  std::set<const CdiFile*> seen;
  for (const CdiRegistry::Entry& entry : entries) {
    std::vector<Error> errors;
    if (seen.insert(entry.file).second) {
      errors = check_on_host(*entry.file, entry.file->spec->edits, "/containerEdits", host);
    }
    append(errors, check_on_host(*entry.file, entry.device().edits,
                                 fmt::format("/devices/{}/containerEdits", entry.index), host));
    if (!errors.empty()) return errors.front();
  }
  return {};
}

}  // namespace aictr::hooks
