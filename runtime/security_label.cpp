#include "runtime/security_label.h"

#include <cerrno>
#include <string>

#include <fmt/core.h>

namespace aictr::runtime {
namespace {

// We are in the container's root, whose /sys may tell anything; but the kernel answers through procfs too.
bool has_apparmor(const Procfs& proc) {
  return proc.read("self/attr/apparmor/current").ok();  // a file of its own since Linux 5.1
}

bool has_selinux(const Procfs& proc) {
  return proc.read("filesystems").value_or("").find("selinuxfs") != std::string::npos;
}

Result<void> apply_apparmor(const std::string& profile, const Procfs& proc) {
  if (!has_apparmor(proc)) {
    if (profile == "unconfined") return {};
    return make_error(Kind::unsupported, "apparmor is not switched on in this kernel");
  }
  auto applied = proc.write("self/attr/apparmor/exec", "exec " + profile);
  if (applied.ok() || applied.error().code != ENOENT) return applied;
  return make_error(Kind::not_found, fmt::format("AppArmor profile '{}' is not loaded", profile),
                    "load it with apparmor_parser, or choose 'unconfined'");
}

Error no_selinux() {
  return make_error(Kind::unsupported, "selinux is disabled or not supported on this host");
}

Result<void> apply_selinux(const std::string& label, const Procfs& proc) {
  if (!has_selinux(proc)) return no_selinux();
  return proc.write("self/attr/exec", label);
}

}  // namespace

Result<void> check_mount_label(const Procfs& proc) {
  if (has_selinux(proc)) return {};
  return no_selinux().context("/linux/mountLabel");
}

Result<void> apply_security_labels(const oci::Process& process, const Procfs& proc) {
  if (!process.apparmor_profile.empty())
    TRY_AS("/process/apparmorProfile", apply_apparmor(process.apparmor_profile, proc));
  if (!process.selinux_label.empty()) TRY_AS("/process/selinuxLabel", apply_selinux(process.selinux_label, proc));
  return {};
}

}  // namespace aictr::runtime
