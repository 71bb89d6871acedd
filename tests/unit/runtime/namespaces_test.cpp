#include "runtime/namespaces.h"

#include <linux/sched.h>

#include <doctest/doctest.h>

#include "runtime/sysctl.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

NamespacePlan plan(const std::vector<oci::Namespace>& namespaces) {
  auto made = NamespacePlan::make(namespaces);
  REQUIRE_MESSAGE(made.ok(), made.error().message);
  return made.value();
}

}  // namespace

TEST_CASE("new namespaces become flags of clone, but for those that are entered later") {
  NamespacePlan made = plan({{"pid", ""}, {"mount", ""}, {"cgroup", ""}, {"network", "/proc/1/ns/net"}});
  CHECK(made.clone_flags() == (CLONE_NEWPID | CLONE_NEWNS));
  CHECK(made.creates(NamespaceType::cgroup));
  CHECK(made.joins(NamespaceType::network));
  CHECK_FALSE(made.has(NamespaceType::user));
  CHECK_FALSE(made.needs_forerunner());
  REQUIRE(made.joined().size() == 1);
  CHECK(made.joined()[0].pointer == "/linux/namespaces/3/path");
}

TEST_CASE("what only children can enter needs a process that goes ahead") {
  CHECK(plan({{"pid", "/x"}}).needs_forerunner());
  CHECK(plan({{"user", "/x"}}).needs_forerunner());
  CHECK(plan({{"time", ""}}).needs_forerunner());
  CHECK_FALSE(plan({{"user", ""}, {"pid", ""}}).needs_forerunner());
}

TEST_CASE("an unknown or repeated type of namespace is refused with its place") {
  CHECK(NamespacePlan::make({{"pid", ""}, {"odd", ""}}).error().message ==
        "/linux/namespaces/1/type: 'odd' is no type of namespace");
  CHECK(NamespacePlan::make({{"pid", ""}, {"pid", "/x"}}).error().message ==
        "/linux/namespaces/1: a second pid namespace");
}

TEST_CASE("a sysctl of one of the container's namespaces becomes a file below /proc") {
  NamespacePlan made = plan({{"network", ""}, {"ipc", ""}, {"uts", "/x"}});
  auto planned = plan_sysctls({{"net.ipv4.ip_forward", "1"},
                               {"net/ipv4/conf/eth0.1/rp_filter", "0"},
                               {"net.ipv4.conf.eth0/1.forwarding", "0"},
                               {"kernel.shmmax", "9"},
                               {"fs.mqueue.msg_max", "3"},
                               {"kernel.domainname", "x"}},
                              made);
  REQUIRE_MESSAGE(planned.ok(), planned.error().message);
  std::vector<std::string> paths;
  for (const Sysctl& sysctl : planned.value()) paths.push_back(sysctl.path);
  CHECK(paths == std::vector<std::string>{"sys/fs/mqueue/msg_max", "sys/kernel/domainname", "sys/kernel/shmmax",
                                          "sys/net/ipv4/conf/eth0.1/forwarding", "sys/net/ipv4/ip_forward",
                                          "sys/net/ipv4/conf/eth0.1/rp_filter"});
}

TEST_CASE("a sysctl that would change the host is refused") {
  NamespacePlan none = plan({});
  for (const char* name : {"kernel.panic", "vm.swappiness", "net.ipv4.ip_forward", "kernel.shmmax", "fs.file-max",
                           "kernel.domainname", "user.max_user_namespaces"}) {
    CAPTURE(name);
    auto planned = plan_sysctls({{name, "1"}}, none);
    REQUIRE_FALSE(planned.ok());
    CHECK(planned.error().kind == Kind::usage);
    CHECK(planned.error().message.find(std::string("/linux/sysctl/") + name) == 0);
  }
}

TEST_CASE("a sysctl that is a way out of /proc/sys is refused") {
  NamespacePlan made = plan({{"network", ""}});
  for (const char* name : {"net/../../kernel/panic", "net/./x", "net//x", "net/", ""}) {
    CAPTURE(name);
    CHECK_FALSE(plan_sysctls({{name, "1"}}, made).ok());
  }
}
