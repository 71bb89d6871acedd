#include <linux/ioprio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <doctest/doctest.h>

#include "runtime/cgroup_view.h"
#include "runtime/container_id.h"
#include "runtime/devices.h"
#include "runtime/executable.h"
#include "runtime/rooted_path.h"
#include "runtime/scheduling.h"

using namespace aictr;
using namespace aictr::runtime;

TEST_CASE("ids are letters, digits and a few signs, and no path") {
  for (const char* good : {"a", "A-1", "x.y", "_+-", "0123456789"}) CHECK(check_container_id(good).ok());
  for (const char* bad : {"", ".", "..", ".a", "a/b", "a b", "a\n", "ä", "a:b"}) {
    CAPTURE(bad);
    CHECK(check_container_id(bad).error().kind == Kind::usage);
  }
  CHECK(check_container_id(std::string(240, 'a')).ok());
  CHECK_FALSE(check_container_id(std::string(241, 'a')).ok());
}

TEST_CASE("the last entry of a name in the environment counts, in its place, and HOME is added") {
  std::string passwd = "root:x:0:0::/root:/bin/sh\nuser:x:7:7::/home/user:/bin/sh\n";
  CHECK(complete_environment({"A=1", "B=2", "A=3"}, 0, passwd) == std::vector<std::string>{"B=2", "A=3", "HOME=/root"});
  CHECK(complete_environment({"HOME=/x"}, 7, passwd) == std::vector<std::string>{"HOME=/x"});
  CHECK(complete_environment({"HOME=/x", "HOME="}, 7, passwd) == std::vector<std::string>{"HOME=/home/user"});
  CHECK(complete_environment({}, 7, passwd) == std::vector<std::string>{"HOME=/home/user"});
  CHECK(complete_environment({}, 99, passwd) == std::vector<std::string>{"HOME=/"});
}

TEST_CASE("a path is split into its folder and its name") {
  CHECK(split_path("/dev/net/tun").parent == "/dev/net");
  CHECK(split_path("/dev/net/tun").name == "tun");
  CHECK(split_path("/x/").parent == "/");
  CHECK(split_path("/x/").name == "x");
  CHECK(split_path("x").parent == "/");
  CHECK(split_path("/").name == ".");
}

TEST_CASE("a device of the spec takes the place of a default") {
  oci::Device null;
  null.type = "c";
  null.path = "/dev/./null";
  null.major = 1;
  null.minor = 3;
  null.file_mode = 0600;
  auto nodes = plan_devices({null});
  REQUIRE(nodes.ok());
  CHECK(nodes.value().size() == 6);
  CHECK(nodes.value().back().path == "/dev/null");
  CHECK(nodes.value().back().mode == (S_IFCHR | 0600));
}

TEST_CASE("a device that cannot be is refused with its place in the spec") {
  auto refusal = [](const std::string& type, const std::string& path, std::int64_t major) {
    oci::Device device;
    device.type = type;
    device.path = path;
    device.major = major;
    return plan_devices({device}).error().message;
  };
  CHECK(refusal("q", "/dev/x", 1).find("/linux/devices/0/type") == 0);
  CHECK(refusal("c", "dev/x", 1).find("/linux/devices/0/path") == 0);
  CHECK(refusal("c", "/", 1).find("/linux/devices/0/path") == 0);
  CHECK(refusal("b", "/dev/x", -1).find("/linux/devices/0: -1:0") == 0);
  CHECK(refusal("b", "/dev/x", 1LL << 40).find("/linux/devices/0") == 0);
}

TEST_CASE("the words of a scheduler become numbers") {
  oci::Scheduler scheduler;
  scheduler.policy = "SCHED_DEADLINE";
  scheduler.flags = {"SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM"};
  scheduler.runtime = 5;
  auto planned = plan_scheduler(scheduler);
  REQUIRE(planned.ok());
  CHECK(planned.value().policy == 6);
  CHECK(planned.value().flags == 3);
  CHECK(planned.value().runtime == 5);
  scheduler.flags = {"odd"};
  CHECK(plan_scheduler(scheduler).error().message.find("/process/scheduler/flags/0") == 0);
  scheduler.policy = "odd";
  CHECK(plan_scheduler(scheduler).error().message.find("/process/scheduler/policy") == 0);
}

TEST_CASE("io priorities are of a class and from 0 to 7") {
  CHECK(plan_io_priority({"IOPRIO_CLASS_BE", 7}).value().io_class == IOPRIO_CLASS_BE);
  CHECK(plan_io_priority({"IOPRIO_CLASS_BE", 8}).error().message.find("/process/ioPriority/priority") == 0);
  CHECK(plan_io_priority({"IOPRIO_CLASS_BE", -1}).error().kind == Kind::usage);
  CHECK(plan_io_priority({"BE", 1}).error().message.find("/process/ioPriority/class") == 0);
}

TEST_CASE("memory nodes are a list of ranges") {
  oci::MemoryPolicy policy;
  policy.mode = "MPOL_INTERLEAVE";
  policy.flags = {"MPOL_F_STATIC_NODES"};
  policy.nodes = "0-1,3,65";
  auto planned = plan_memory_policy(policy);
  REQUIRE(planned.ok());
  CHECK(planned.value().mode == (3 | 1 << 15));
  CHECK(planned.value().node_mask == std::vector<unsigned long>{0b1011, 0b10});
  for (const char* bad : {"x", "1-", "3-1", "1-2-3", "99999", "-1", "1,,2"}) {
    CAPTURE(bad);
    policy.nodes = bad;
    CHECK_FALSE(plan_memory_policy(policy).ok());
  }
}

TEST_CASE("one v2 cgroup is shown as it is, several hierarchies side by side") {
  CgroupHost host;
  host.v2_mount = "/sys/fs/cgroup";
  std::vector<std::string> one = {"/sys/fs/cgroup/aictr/x"};
  CgroupView view = plan_cgroup_view(host, one);
  REQUIRE(view.hierarchies.size() == 1);
  CHECK(view.hierarchies[0].name.empty());

  host.v2_mount = "/sys/fs/cgroup/unified";
  host.v1_mounts = {{"memory", "/sys/fs/cgroup/memory"},
                    {"cpu", "/sys/fs/cgroup/cpu,cpuacct"},
                    {"cpuacct", "/sys/fs/cgroup/cpu,cpuacct"}};
  std::vector<std::string> several = {"/sys/fs/cgroup/unified/x", "/sys/fs/cgroup/cpu,cpuacct/x",
                                      "/sys/fs/cgroup/memory/x"};
  view = plan_cgroup_view(host, several);
  REQUIRE(view.hierarchies.size() == 3);
  CHECK(view.hierarchies[0].name == "unified");
  CHECK(view.hierarchies[1].name == "cpu,cpuacct");
  CHECK(view.hierarchies[2].directory == "/sys/fs/cgroup/memory/x");
  REQUIRE(view.links.size() == 2);
  CHECK(view.links[0].first == "cpu");
  CHECK(view.links[1].second == "cpu,cpuacct");
}

TEST_CASE("without a cgroup there is nothing to show") {
  CHECK(plan_cgroup_view(CgroupHost{}, {}).hierarchies.empty());
}
