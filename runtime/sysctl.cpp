#include "runtime/sysctl.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::runtime {
namespace {

constexpr std::array<std::string_view, 10> kIpc = {"kernel.msgmax",     "kernel.msgmnb",      "kernel.msgmni",
                                                   "kernel.sem",        "kernel.shmall",      "kernel.shmmax",
                                                   "kernel.shmmni",     "kernel.auto_msgmni", "kernel.shm_rmid_forced",
                                                   "kernel.msg_next_id"};

// The namespace that a sysctl belongs to; nothing when it is the machine's.
std::optional<NamespaceType> owner_of(std::string_view name) {
  if (std::ranges::find(kIpc, name) != kIpc.end() || name.starts_with("fs.mqueue.")) return NamespaceType::ipc;
  if (name.starts_with("net.")) return NamespaceType::network;
  if (name == "kernel.domainname" || name == "kernel.hostname") return NamespaceType::uts;
  if (name.starts_with("user.")) return NamespaceType::user;
  return std::nullopt;
}

// The first of '.' and '/' in the name is its separator; the other one belongs to the parts ("net/ipv4/conf/eth0.1/x").
std::string with_separator(std::string_view name, char separator) {
  auto first = name.find_first_of("./");
  if (first == std::string_view::npos || name[first] == separator) return std::string(name);
  std::string swapped(name);
  for (char& c : swapped) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return swapped;
}

Error changes_host(const std::string& name, NamespaceType owner) {
  return make_error(Kind::usage,
                    fmt::format("/linux/sysctl/{}: would change the host, the container has no {} namespace of its own",
                                name, name_of(owner)));
}

}  // namespace

Result<std::vector<Sysctl>> plan_sysctls(const std::map<std::string, std::string>& wanted, const NamespacePlan& plan) {
  std::vector<Sysctl> sysctls;
  for (const auto& [name, value] : wanted) {
    std::string pointer = fmt::format("/linux/sysctl/{}", name);
    std::string path = with_separator(name, '/');
    auto parts = split(path, '/');
    if (std::ranges::any_of(parts, [](const std::string& part) { return part.empty() || part == "." || part == ".."; }))
      return make_error(Kind::usage, fmt::format("{}: no name of a sysctl", pointer));
    auto owner = owner_of(with_separator(name, '.'));
    if (!owner) return make_error(Kind::usage, fmt::format("{}: is not in a separate kernel namespace", pointer));
    if (!plan.has(*owner)) return changes_host(name, *owner);
    sysctls.push_back({name, "sys/" + path, value, *owner});
  }
  return sysctls;
}

Result<void> check_sysctls(const std::vector<Sysctl>& sysctls, const std::vector<OpenNamespace>& joined) {
  for (const OpenNamespace& ns : joined) {
    auto found = std::ranges::find(sysctls, ns.type, &Sysctl::owner);
    if (ns.ours && found != sysctls.end()) return changes_host(found->name, ns.type);
  }
  return {};
}

Result<void> apply_sysctls(const Procfs& proc, const std::vector<Sysctl>& sysctls) {
  for (const Sysctl& sysctl : sysctls)
    TRY_AS(fmt::format("set sysctl '{}'", sysctl.name), proc.write(sysctl.path, sysctl.value));
  return {};
}

}  // namespace aictr::runtime
