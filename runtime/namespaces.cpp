#include "runtime/namespaces.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"

namespace aictr::runtime {
namespace {

struct Known {
  NamespaceType type;
  std::string_view name;
  int flag;
  std::string_view file;  // in /proc/PID/ns
};
constexpr Known kKnown[] = {
    {NamespaceType::user, "user", CLONE_NEWUSER, "user"},
    {NamespaceType::pid, "pid", CLONE_NEWPID, "pid"},
    {NamespaceType::network, "network", CLONE_NEWNET, "net"},
    {NamespaceType::mount, "mount", CLONE_NEWNS, "mnt"},
    {NamespaceType::ipc, "ipc", CLONE_NEWIPC, "ipc"},
    {NamespaceType::uts, "uts", CLONE_NEWUTS, "uts"},
    {NamespaceType::cgroup, "cgroup", CLONE_NEWCGROUP, "cgroup"},
    {NamespaceType::time, "time", CLONE_NEWTIME, "time"},
};

Result<bool> is_ours(int fd, NamespaceType type) {
  const auto* known = std::ranges::find(kKnown, type, &Known::type);
  struct stat its = TRY(sys::stat(fd));
  auto own = sys::stat(AT_FDCWD, fmt::format("/proc/self/ns/{}", known->file), 0);
  return own.ok() && own.value().st_ino == its.st_ino && own.value().st_dev == its.st_dev;
}

Result<OpenNamespace> open_namespace(const NamespacePlan::Join& join) {
  UniqueFd fd = TRY_AS(join.pointer, sys::open(join.path, O_RDONLY));
  int flag = ::ioctl(fd.get(), NS_GET_NSTYPE);
  if (flag != flag_of(join.type)) {
    return make_error(Kind::usage,
                      fmt::format("{}: '{}' is no {} namespace", join.pointer, join.path, name_of(join.type)));
  }
  bool ours = TRY(is_ours(fd.get(), join.type));
  return OpenNamespace{join.type, std::move(fd), join.pointer, ours};
}

Result<void> join(const OpenNamespace& ns) {
  TRY_AS(ns.pointer, sys::setns(ns.fd.get(), flag_of(ns.type)));
  return {};
}

}  // namespace

std::string_view name_of(NamespaceType type) {
  return std::ranges::find(kKnown, type, &Known::type)->name;
}

int flag_of(NamespaceType type) {
  return std::ranges::find(kKnown, type, &Known::type)->flag;
}

Result<NamespacePlan> NamespacePlan::make(const std::vector<oci::Namespace>& namespaces) {
  NamespacePlan plan;
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    const oci::Namespace& wanted = namespaces[i];
    std::string pointer = fmt::format("/linux/namespaces/{}", i);
    const auto* known = std::ranges::find(kKnown, wanted.type, &Known::name);
    if (known == std::end(kKnown))
      return make_error(Kind::usage, fmt::format("{}/type: '{}' is no type of namespace", pointer, wanted.type));
    if (plan.has(known->type))
      return make_error(Kind::usage, fmt::format("{}: a second {} namespace", pointer, wanted.type));
    plan.places_[index(known->type)] = wanted.path.empty() ? Place::created : Place::joined;
    if (!wanted.path.empty()) plan.joined_.push_back({known->type, wanted.path, pointer + "/path"});
  }
  return plan;
}

std::uint64_t NamespacePlan::clone_flags() const {
  std::uint64_t flags = 0;
  for (const Known& known : kKnown) {
    if (known.type == NamespaceType::cgroup || known.type == NamespaceType::time) continue;
    if (creates(known.type)) flags |= static_cast<std::uint64_t>(known.flag);
  }
  return flags;
}

bool NamespacePlan::needs_forerunner() const {
  return joins(NamespaceType::pid) || joins(NamespaceType::user) || has(NamespaceType::time);
}

Result<std::vector<OpenNamespace>> open_namespaces(const NamespacePlan& plan) {
  std::vector<OpenNamespace> namespaces;
  for (const NamespacePlan::Join& join : plan.joined()) namespaces.push_back(TRY(open_namespace(join)));
  return namespaces;
}

Result<void> join_namespaces(const std::vector<OpenNamespace>& namespaces) {
  // Nobody in the namespaces may look into us while we still hold what is the host's (CVE-2016-9962).
  if (!namespaces.empty()) TRY(sys::prctl(PR_SET_DUMPABLE, 0));
  std::vector<const OpenNamespace*> later;
  for (const OpenNamespace& ns : namespaces) {
    if (ns.type == NamespaceType::user) continue;
    auto joined = join(ns);
    if (joined.ok()) continue;
    if (joined.error().code != EPERM) return joined;
    later.push_back(&ns);
  }
  for (const OpenNamespace& ns : namespaces) {
    if (ns.type == NamespaceType::user) TRY(join(ns));
  }
  for (const OpenNamespace* ns : later) TRY(join(*ns));
  return {};
}

Result<void> become_root_of_user_namespace() {
  auto groups = sys::setgroups({});
  if (!groups.ok() && groups.error().code != EPERM) return groups;  // denied where an unprivileged user made the maps
  TRY(sys::setresgid(0));
  return sys::setresuid(0);
}

}  // namespace aictr::runtime
