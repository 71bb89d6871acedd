#include "oci/runtime_spec.h"

#include <doctest/doctest.h>

#include "oci/default_spec.h"
#include "oci/json.h"
#include "oci/state.h"

using namespace aictr;
using namespace aictr::oci;

namespace {

// One of every member that aictr knows, printed as it prints them.
constexpr std::string_view kWhole = R"({
  "ociVersion": "1.3.0",
  "process": {
    "terminal": true,
    "consoleSize": {"height": 25, "width": 80},
    "user": {"uid": 1000, "gid": 1000, "umask": 18, "additionalGids": [5, 4294967294]},
    "args": ["sh", ""],
    "env": ["PATH=/bin"],
    "cwd": "/",
    "capabilities": {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"], "inheritable": ["CAP_CHOWN"],
                     "permitted": ["CAP_CHOWN"], "ambient": ["CAP_CHOWN"]},
    "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 0}],
    "noNewPrivileges": true,
    "apparmorProfile": "p",
    "oomScoreAdj": 0,
    "selinuxLabel": "l",
    "scheduler": {"policy": "SCHED_DEADLINE", "nice": -5, "priority": 1, "flags": ["f"], "runtime": 1, "deadline": 2,
                  "period": 3},
    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 4},
    "execCPUAffinity": {"initial": "0", "final": "1"}
  },
  "root": {"path": "rootfs", "readonly": true},
  "hostname": "h",
  "domainname": "d",
  "mounts": [{"destination": "/m", "type": "bind", "source": "/s", "options": ["rbind"],
              "uidMappings": [{"containerID": 0, "hostID": 1, "size": 2}],
              "gidMappings": [{"containerID": 0, "hostID": 1, "size": 2}]}],
  "hooks": {"prestart": [{"path": "/p", "args": ["p"], "env": ["A=b"], "timeout": 0}],
            "createRuntime": [{"path": "/p"}], "createContainer": [{"path": "/p"}],
            "startContainer": [{"path": "/p"}], "poststart": [{"path": "/p"}], "poststop": [{"path": "/p"}]},
  "annotations": {"a/b": "c"},
  "linux": {
    "namespaces": [{"type": "pid"}, {"type": "network", "path": "/proc/1/ns/net"}],
    "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
    "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
    "timeOffsets": {"monotonic": {"secs": -1, "nanosecs": 5}},
    "devices": [{"type": "c", "path": "/dev/x", "major": 1, "minor": 3, "fileMode": 0, "uid": 0, "gid": 0}],
    "netDevices": {"eth0": {"name": "e"}},
    "cgroupsPath": "/x",
    "resources": {
      "devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 0, "minor": -1}],
      "memory": {"limit": -1, "reservation": 1, "swap": 0, "kernel": 1, "kernelTCP": 1, "swappiness": 0,
                 "disableOOMKiller": false, "useHierarchy": true, "checkBeforeUpdate": true},
      "cpu": {"shares": 0, "quota": -1, "burst": 1, "period": 100000, "realtimeRuntime": 1, "realtimePeriod": 1,
              "cpus": "0-1", "mems": "0", "idle": 1},
      "pids": {"limit": 0},
      "blockIO": {"weight": 10, "leafWeight": 20, "weightDevice": [{"major": 8, "minor": 0, "weight": 1, "leafWeight": 2}],
                  "throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 0}],
                  "throttleWriteBpsDevice": [{"major": 8, "minor": 0, "rate": 1}],
                  "throttleReadIOPSDevice": [{"major": 8, "minor": 0, "rate": 2}],
                  "throttleWriteIOPSDevice": [{"major": 8, "minor": 0, "rate": 3}]},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 0}],
      "network": {"classID": 0, "priorities": [{"name": "eth0", "priority": 0}]},
      "rdma": {"mlx": {"hcaHandles": 0, "hcaObjects": 1}},
      "unified": {"memory.high": "1"}
    },
    "intelRdt": {"closID": "c", "schemata": ["s"], "l3CacheSchema": "3", "memBwSchema": "m", "enableMonitoring": true},
    "memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0", "flags": ["f"]},
    "sysctl": {"net.ipv4.ip_forward": "1"},
    "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 0, "architectures": ["SCMP_ARCH_X86_64"],
                "flags": ["f"], "listenerPath": "/l", "listenerMetadata": "m",
                "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "errnoRet": 0,
                              "args": [{"index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ"}]}]},
    "rootfsPropagation": "slave",
    "maskedPaths": ["/proc/kcore"],
    "readonlyPaths": ["/proc/sys"],
    "mountLabel": "ml",
    "personality": {"domain": "LINUX32", "flags": ["f"]}
  }
})";

std::string problem(std::string_view json) {
  auto spec = parse_spec(json);
  REQUIRE_FALSE(spec.ok());
  CHECK(spec.error().kind == Kind::corrupt);
  return spec.error().message;
}

}  // namespace

TEST_CASE("every member of a spec is read and printed again") {
  auto spec = parse_spec(kWhole);
  REQUIRE(spec.ok());
  CHECK(print_spec(spec.value()) == print_json(parse_json(kWhole).value(), 2));
}

TEST_CASE("a zero that was given is told apart from none") {
  auto spec = parse_spec(R"({"ociVersion":"1.0.0","linux":{"resources":{"cpu":{"shares":0},"pids":{}}}})");
  REQUIRE(spec.ok());
  const Resources& resources = *spec.value().linux_part->resources;
  CHECK(resources.cpu->shares == 0U);
  CHECK_FALSE(resources.cpu->quota.has_value());
  CHECK_FALSE(resources.memory.has_value());
  CHECK_FALSE(resources.pids->limit.has_value());
}

TEST_CASE("a fault in a spec is named by its place") {
  CHECK(problem("{}") == "config.json: /ociVersion is missing");
  CHECK(problem("").starts_with("config.json: not valid JSON: "));
  CHECK(problem(R"({"ociVersion":"1","process":{}})") == "config.json: /process/cwd is missing");
  CHECK(problem(R"({"ociVersion":"1","process":{"cwd":"/","user":{"uid":-1,"gid":0}}})") ==
        "config.json: /process/user/uid must be between 0 and 4294967295");
  CHECK(problem(R"({"ociVersion":"1","process":{"cwd":"/","args":"sh"}})") ==
        "config.json: /process/args must be an array");
  CHECK(problem(R"({"ociVersion":"1","mounts":[{"destination":"/a"},{}]})") ==
        "config.json: /mounts/1/destination is missing");
  CHECK(problem(R"({"ociVersion":"1","linux":{"sysctl":{"net/x":1}}})") ==
        "config.json: /linux/sysctl/net~1x must be a string");
}

TEST_CASE("a process stands alone for exec") {
  auto process = parse_process(R"({"cwd":"/","args":["true"],"user":{"uid":1,"gid":2}})");
  REQUIRE(process.ok());
  CHECK(process.value().user.gid == 2);
  CHECK(parse_process("{}").error().message == "process: /cwd is missing");
}

TEST_CASE("the default spec can be read, also when it is privileged") {
  Spec spec = default_spec();
  CHECK(parse_spec(print_spec(spec)).ok());
  make_privileged(spec);
  CHECK(parse_spec(print_spec(spec)).ok());
}

TEST_CASE("a state has all that the specification and its users ask for, also when it is stopped") {
  State state{"1.3.0", "web", 0, "stopped", "/bundle", "/bundle/rootfs", "2026-11-22T10:00:00Z", {{"a", "b"}}, ""};
  Json json = parse_json(print_state(state)).value();
  CHECK(*json.find("pid")->as<std::int64_t>() == 0);
  CHECK(*json.find("status")->as<std::string>() == "stopped");
  CHECK(json.find("owner")->as<std::string>()->empty());
  for (const char* member : {"ociVersion", "id", "bundle", "rootfs", "created", "annotations"})
    CHECK(json.find(member) != nullptr);
}
