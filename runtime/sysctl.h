#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/namespaces.h"
#include "runtime/procfs.h"

namespace aictr::runtime {

struct Sysctl {
  std::string name;  // "net.ipv4.ip_forward"
  std::string path;  // "sys/net/ipv4/ip_forward", below /proc
  std::string value;
  NamespaceType owner = NamespaceType::network;
};

// Pure: only what belongs to one of the container's own namespaces may be set; the rest would change the host.
// Kind::usage names the JSON pointer. A name is written with dots or, when its parts hold dots, with slashes.
Result<std::vector<Sysctl>> plan_sysctls(const std::map<std::string, std::string>& wanted, const NamespacePlan& plan);

// A namespace may be joined by a path that leads to our own. Kind::usage when a sysctl belongs to such a one.
Result<void> check_sysctls(const std::vector<Sysctl>& sysctls, const std::vector<OpenNamespace>& joined);

Result<void> apply_sysctls(const Procfs& proc, const std::vector<Sysctl>& sysctls);

}  // namespace aictr::runtime
