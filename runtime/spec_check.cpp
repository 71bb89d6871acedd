#include "runtime/spec_check.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/text.h"
#include "runtime/mount_options.h"
#include "runtime/namespaces.h"
#include "runtime/net_devices.h"
#include "runtime/resctrl.h"

namespace aictr::runtime {
namespace {

Error usage(std::string_view pointer, std::string_view reason) {
  return make_error(Kind::usage, fmt::format("{} {}", pointer, reason));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "1.0.2", "1.3.0-rc.1+build" (semver.org).
Result<void> check_version(const std::string& version) {
  if (!version.starts_with("1."))
    return make_error(Kind::unsupported, fmt::format("/ociVersion: '{}' is not a version 1", version));
  auto numbers = split(std::string_view(version).substr(0, version.find_first_of("-+")), '.');
  if (numbers.size() == 3 && is_number(numbers[1]) && is_number(numbers[2])) return {};
  return usage("/ociVersion", fmt::format("'{}' is not written as MAJOR.MINOR.PATCH", version));
}

Result<void> check_absolute(std::string_view pointer, std::span<const std::string> paths) {
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!paths[i].starts_with('/')) return usage(fmt::format("{}/{}", pointer, i), "must be an absolute path");
  }
  return {};
}

Result<void> check_namespaces(const oci::Spec& spec, const oci::Linux& part) {
  NamespacePlan plan = TRY(NamespacePlan::make(part.namespaces));
  if (!plan.creates(NamespaceType::mount) && plan.has(NamespaceType::user))
    return usage("/linux/namespaces", "must have a new mount namespace beside a user namespace");
  for (const NamespacePlan::Join& join : plan.joined()) {
    if (!join.path.starts_with('/')) return usage(join.pointer, "must be an absolute path");
  }
  if (!plan.has(NamespaceType::uts) && !spec.hostname.empty())
    return usage("/hostname", "would change the host's: the container has no uts namespace");
  if (!plan.has(NamespaceType::uts) && !spec.domainname.empty())
    return usage("/domainname", "would change the host's: the container has no uts namespace");
  if (!plan.has(NamespaceType::network) && !part.net_devices.empty())
    return usage("/linux/netDevices", "needs a network namespace");
  if (!plan.creates(NamespaceType::time) && !part.time_offsets.empty())
    return usage("/linux/timeOffsets", "needs a new time namespace");
  if (plan.creates(NamespaceType::user) && part.uid_mappings.empty())
    return usage("/linux/uidMappings", "is missing: a new user namespace needs it");
  if (!plan.creates(NamespaceType::user) && !part.uid_mappings.empty())
    return usage("/linux/uidMappings", "needs a new user namespace");
  return {};
}

Result<void> check_seccomp(const oci::Seccomp& profile) {
  bool listens = !profile.listener_path.empty();
  if (!listens && !profile.listener_metadata.empty())
    return usage("/linux/seccomp/listenerMetadata", "needs /linux/seccomp/listenerPath");
  for (std::size_t i = 0; i < profile.syscalls.size(); ++i) {
    std::string pointer = fmt::format("/linux/seccomp/syscalls/{}", i);
    if (profile.syscalls[i].names.empty()) return usage(pointer + "/names", "is empty");
    // Nobody would ever answer it.
    if (!listens && profile.syscalls[i].action == "SCMP_ACT_NOTIFY")
      return usage(pointer + "/action", "needs /linux/seccomp/listenerPath");
  }
  return {};
}

Result<void> check_linux(const oci::Linux& part) {
  for (const auto& [clock, offset] : part.time_offsets) {
    if (clock != "monotonic" && clock != "boottime")
      return usage(fmt::format("/linux/timeOffsets/{}", clock), "is no clock of a time namespace");
  }
  if (!part.rootfs_propagation.empty() && !parse_propagation(part.rootfs_propagation))
    return usage("/linux/rootfsPropagation", fmt::format("'{}' is no propagation", part.rootfs_propagation));
  if (part.intel_rdt) TRY(plan_resctrl(*part.intel_rdt, "container"));
  TRY(check_net_devices(part.net_devices));
  TRY(check_absolute("/linux/maskedPaths", part.masked_paths));
  TRY(check_absolute("/linux/readonlyPaths", part.readonly_paths));
  if (part.seccomp) TRY(check_seccomp(*part.seccomp));
  return {};
}

Result<void> check_hooks(std::string_view kind, std::span<const oci::Hook> hooks) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    std::string pointer = fmt::format("/hooks/{}/{}", kind, i);
    if (!hooks[i].path.starts_with('/')) return usage(pointer + "/path", "must be an absolute path");
    if (hooks[i].timeout && *hooks[i].timeout <= 0) return usage(pointer + "/timeout", "must be more than 0");
  }
  return {};
}

Result<void> check_all_hooks(const oci::Hooks& hooks) {
  TRY(check_hooks("prestart", hooks.prestart));
  TRY(check_hooks("createRuntime", hooks.create_runtime));
  TRY(check_hooks("createContainer", hooks.create_container));
  TRY(check_hooks("startContainer", hooks.start_container));
  TRY(check_hooks("poststart", hooks.poststart));
  return check_hooks("poststop", hooks.poststop);
}

}  // namespace

Result<void> check_process(const oci::Process& process) {
  if (process.args.empty()) return usage("/process/args", "is empty: there is nothing to execute");
  if (!process.cwd.starts_with('/')) return usage("/process/cwd", "must be an absolute path");
  for (std::size_t i = 0; i < process.env.size(); ++i) {
    auto equals = process.env[i].find('=');
    if (equals == std::string::npos || equals == 0)
      return usage(fmt::format("/process/env/{}", i), fmt::format("'{}' is not NAME=VALUE", process.env[i]));
  }
  return {};
}

Result<void> check_spec(const oci::Spec& spec) {
  TRY(check_version(spec.oci_version));
  if (spec.annotations.contains("")) return usage("/annotations", "has an empty name");
  if (spec.process) TRY(check_process(*spec.process));  // without one it can be created, and not started
  const oci::Linux none;
  const oci::Linux& part = spec.linux_part ? *spec.linux_part : none;
  TRY(check_namespaces(spec, part));
  TRY(check_linux(part));
  if (spec.hooks) TRY(check_all_hooks(*spec.hooks));
  return {};
}

}  // namespace aictr::runtime
