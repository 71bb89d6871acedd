#include "oci/default_spec.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "oci/default_seccomp.h"

using namespace aictr::oci;

TEST_CASE("the filter lets a process set the policy of its own memory, and of no other's") {
  Seccomp profile = default_seccomp({});
  auto allowed = [&](const std::string& name) {
    for (const SeccompRule& rule : profile.syscalls) {
      bool named = std::find(rule.names.begin(), rule.names.end(), name) != rule.names.end();
      if (named && rule.action == "SCMP_ACT_ALLOW") return true;
    }
    return false;
  };
  for (const char* name : {"mbind", "get_mempolicy", "set_mempolicy", "set_mempolicy_home_node"}) {
    CHECK_MESSAGE(allowed(name), name);
  }
  CHECK_FALSE(allowed("move_pages"));
  CHECK_FALSE(allowed("migrate_pages"));
}

TEST_CASE("the default spec survives printing and parsing") {
  Spec spec = default_spec();
  spec.process->args = {"true"};
  auto again = parse_spec(print_spec(spec));
  REQUIRE(again.ok());
  CHECK(print_spec(again.value()) == print_spec(spec));
}

TEST_CASE("nothing of the default spec is shared with the host but its users") {
  Spec spec = default_spec();
  std::vector<std::string> types;
  for (const Namespace& ns : spec.linux_part->namespaces) types.push_back(ns.type);
  std::sort(types.begin(), types.end());
  CHECK(types == std::vector<std::string>{"cgroup", "ipc", "mount", "network", "pid", "uts"});
  CHECK_FALSE(spec.linux_part->resources->devices.front().allow);
}

TEST_CASE("privileged opens masks, devices and the cgroup tree") {
  Spec spec = default_spec();
  make_privileged(spec);
  CHECK(spec.linux_part->masked_paths.empty());
  CHECK(spec.linux_part->resources->devices.size() == 1);
  CHECK(spec.linux_part->resources->devices.front().allow);
  for (const Mount& mount : spec.mounts) {
    if (!mount.destination.starts_with("/sys")) continue;
    CAPTURE(mount.destination);
    CHECK(std::find(mount.options.begin(), mount.options.end(), "ro") == mount.options.end());
  }
}

TEST_CASE("a variable is replaced where it stands") {
  std::vector<std::string> env = {"A=1", "AB=2"};
  set_env(env, "A=3");
  set_env(env, "C=4");
  CHECK(env == std::vector<std::string>{"A=3", "AB=2", "C=4"});
  CHECK(std::string(find_env(env, "AB")) == "2");
  CHECK(find_env(env, "B") == nullptr);
}
