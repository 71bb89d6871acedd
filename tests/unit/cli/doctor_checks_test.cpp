#include "cli/doctor_checks.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

namespace {

// A machine on which nothing is wrong.
DoctorFacts healthy() {
  DoctorFacts facts;
  facts.kernel = "6.12.1";
  facts.kernel_major = 6;
  facts.kernel_minor = 12;
  facts.overlay = Presence::here;
  facts.erofs = Presence::loadable;
  facts.seccomp = true;
  facts.namespaces = {"mnt", "pid", "net", "ipc", "uts", "cgroup", "user"};
  facts.max_user_namespaces = 1000;
  facts.is_root = true;
  facts.user = "root";
  facts.cgroups.v2_mount = "/sys/fs/cgroup";
  facts.cgroups.v2_controllers = {"cpu", "cpuset", "memory", "pids"};
  facts.store = "/var/lib/aictr";
  facts.free_bytes = 100ULL << 30;
  facts.programs = {"netavark", "aardvark-dns", "pasta", "slirp4netns", "nft", "newuidmap", "newgidmap"};
  return facts;
}

Finding find(const DoctorFacts& facts, const std::string& name) {
  for (Finding& finding : examine(facts)) {
    if (finding.name == name) return finding;
  }
  FAIL("no check " << name);
  return {};
}

// The state of one check after a change of the healthy machine, when everything else stays in order.
template <class Change>
Health after(const std::string& name, Change change) {
  DoctorFacts facts = healthy();
  change(facts);
  for (const Finding& finding : examine(facts)) {
    if (finding.name != name) CHECK_MESSAGE(finding.health == Health::ok, finding.name << ": " << finding.text);
    if (finding.health != Health::ok) CHECK_FALSE(finding.mend.empty());
  }
  return find(facts, name).health;
}

void with_driver(DoctorFacts& facts) {
  facts.has_nvidia_device = true;
  facts.nvidia_module = "550.54.14";
  facts.nvidia_libraries = {"550.54.14"};
  facts.nvidia_nodes = {"nvidia0", "nvidiactl", "nvidia-uvm"};
}

}  // namespace

TEST_CASE("a machine on which nothing is wrong has nothing to mend") {
  for (const Finding& finding : examine(healthy())) {
    CHECK_MESSAGE(finding.health == Health::ok, finding.name << ": " << finding.text);
    CHECK(finding.mend.empty());
    CHECK_FALSE(finding.text.empty());
  }
}

TEST_CASE("what a container cannot do without is broken when it is missing") {
  CHECK(after("overlay", [](DoctorFacts& f) { f.overlay = Presence::absent; }) == Health::broken);
  CHECK(after("overlay", [](DoctorFacts& f) { f.overlay = Presence::loadable; }) == Health::ok);
  CHECK(after("seccomp", [](DoctorFacts& f) { f.seccomp = false; }) == Health::broken);
  CHECK(after("namespaces", [](DoctorFacts& f) { f.namespaces.erase("pid"); }) == Health::broken);
  CHECK(after("cgroups", [](DoctorFacts& f) { f.cgroups = {}; }) == Health::broken);
  CHECK(after("rights", [](DoctorFacts& f) { f.missing_capabilities = {"CAP_SYS_ADMIN"}; }) == Health::broken);
  CHECK(after("disk", [](DoctorFacts& f) { f.free_bytes = 1U << 20; }) == Health::broken);
}

TEST_CASE("what only some need is a warning when it is missing") {
  CHECK(after("erofs", [](DoctorFacts& f) { f.erofs = Presence::absent; }) == Health::warning);
  CHECK(after("rights", [](DoctorFacts& f) { f.missing_capabilities = {"CAP_SYS_RESOURCE"}; }) == Health::warning);
  CHECK(after("user namespaces", [](DoctorFacts& f) { f.max_user_namespaces = 0; }) == Health::warning);
  CHECK(after("cgroups", [](DoctorFacts& f) {
          f.cgroups.v2_controllers = {"cpu", "cpuset", "pids"};
        }) == Health::warning);
  CHECK(after("disk", [](DoctorFacts& f) { f.free_bytes = 1U << 30; }) == Health::warning);
  CHECK(after("cdi files", [](DoctorFacts& f) { f.cdi_problems = {"'x' line 1: oops"}; }) == Health::warning);
  CHECK(after("network", [](DoctorFacts& f) { f.programs.erase("netavark"); }) == Health::warning);
  CHECK(after("network", [](DoctorFacts& f) { f.programs.erase("pasta"); }) == Health::ok);
}

TEST_CASE("an old kernel is told apart by what it lacks") {
  DoctorFacts facts = healthy();
  facts.kernel_major = 5;
  facts.kernel_minor = 5;
  CHECK(find(facts, "kernel").health == Health::broken);
  facts.kernel_minor = 10;
  CHECK(find(facts, "kernel").health == Health::ok);
  CHECK(find(facts, "mapped mounts").health == Health::warning);
}

TEST_CASE("cgroups of either version, or both, are told") {
  DoctorFacts facts = healthy();
  CHECK(find(facts, "cgroups").text == "version 2");
  facts.cgroups.v1_mounts = {{"memory", "/m"}};
  facts.cgroups.v2_controllers = {"cpu", "cpuset", "pids"};
  CHECK(find(facts, "cgroups").text == "both versions");
  CHECK(find(facts, "cgroups").health == Health::ok);
  facts.cgroups.v1_mounts.clear();
  CHECK(find(facts, "cgroups").text == "version 2, without memory: these limits cannot be set");
}

TEST_CASE("users who are not root need ids, limits and a program for networks") {
  DoctorFacts facts = healthy();
  facts.is_root = false;
  facts.user = "ann";
  CHECK(find(facts, "subordinate ids").text == "ann has no ids of its own in /etc/subuid");
  facts.has_subuids = facts.has_subgids = true;
  CHECK(find(facts, "subordinate ids").health == Health::ok);
  facts.programs = {"slirp4netns"};
  CHECK(find(facts, "subordinate ids").mend == "sudo apt-get install uidmap");
  CHECK(find(facts, "network").health == Health::ok);
  facts.programs.clear();
  CHECK(find(facts, "network").mend == "apt-get install passt slirp4netns");
  CHECK(find(facts, "delegation").health == Health::warning);
  facts.delegated = {"cpu", "memory"};
  CHECK(find(facts, "delegation").text == "this session may not set limits for pids");
  facts.users_may_make_namespaces = false;
  CHECK(find(facts, "user namespaces").health == Health::broken);
}

TEST_CASE("a driver must be loaded, have its libraries, and both must be one version") {
  CHECK(after("driver", [](DoctorFacts& f) { f.has_nvidia_device = true; }) == Health::broken);
  CHECK(after("driver", with_driver) == Health::ok);
  CHECK(after("driver", [](DoctorFacts& f) {
          with_driver(f);
          f.nvidia_libraries.clear();
        }) == Health::broken);
  DoctorFacts facts = healthy();
  with_driver(facts);
  facts.nvidia_libraries = {"535.1.2"};
  CHECK(find(facts, "driver").text == "the loaded module is 550.54.14, and the libraries are 535.1.2");
  CHECK(find(facts, "driver").health == Health::broken);
}

TEST_CASE("a driver without its device nodes is broken") {
  DoctorFacts facts = healthy();
  with_driver(facts);
  CHECK(find(facts, "devices").text == "3 nodes in /dev");
  facts.nvidia_nodes = {"nvidiactl", "nvidia-caps"};
  CHECK(find(facts, "devices").text == "the driver is loaded, and /dev/nvidia-uvm, /dev/nvidia0 are not there");
  CHECK(find(facts, "devices").health == Health::broken);
}
