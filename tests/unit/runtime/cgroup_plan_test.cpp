#include "runtime/cgroup_plan.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace aictr;
using namespace aictr::runtime;

namespace {

// "memory.max=5 | memory.limit_in_bytes=5" of every setting, a line each.
std::string show(const oci::Resources& resources) {
  auto plan = plan_cgroup(resources);
  REQUIRE_MESSAGE(plan.ok(), plan.error().message);
  std::string text;
  auto list = [&](const std::vector<CgroupWrite>& writes) {
    for (const CgroupWrite& write : writes) text += fmt::format("{}={} ", write.file, write.value);
  };
  for (const CgroupSetting& setting : plan.value()) {
    list(setting.v2);
    text += "| ";
    list(setting.v1);
    text.back() = '\n';
  }
  return text;
}

std::string refusal(const oci::Resources& resources) {
  auto plan = plan_cgroup(resources);
  REQUIRE_FALSE(plan.ok());
  CHECK(plan.error().kind == Kind::usage);
  return plan.error().message;
}

oci::Resources with_memory(std::optional<std::int64_t> limit, std::optional<std::int64_t> swap) {
  oci::Resources resources;
  resources.memory.emplace().limit = limit;
  resources.memory->swap = swap;
  return resources;
}

CgroupHost v1_host() {
  CgroupHost host;
  for (const char* controller : {"memory", "cpu", "cpuset", "pids", "blkio", "hugetlb"})
    host.v1_mounts[controller] = std::string("/cg/") + controller;
  return host;
}

CgroupHost v2_host() {
  CgroupHost host;
  host.v2_mount = "/cg";
  host.v2_controllers = {"memory", "cpu", "cpuset", "pids", "io", "hugetlb"};
  return host;
}

Error no_place(const oci::Resources& resources, const CgroupHost& host) {
  auto placed = place_settings(plan_cgroup(resources).value(), host);
  REQUIRE_FALSE(placed.ok());
  CHECK(placed.error().kind == Kind::unsupported);
  CHECK_FALSE(placed.error().hint.empty());
  return placed.error();
}

}  // namespace

TEST_CASE("memory and swap together become swap alone on v2") {
  CHECK(show(with_memory(1000, 1500)) ==
        "memory.max=1000 | memory.limit_in_bytes=1000\n"
        "memory.swap.max=500 | memory.memsw.limit_in_bytes=1500\n");
  CHECK(show(with_memory(1000, 1000)).find("memory.swap.max=0 |") != std::string::npos);
  CHECK(show(with_memory(1000, -1)).find("memory.swap.max=max | memory.memsw.limit_in_bytes=-1") != std::string::npos);
  CHECK(show(with_memory(1000, {})) == "memory.max=1000 | memory.limit_in_bytes=1000\n");
  CHECK(show(with_memory(0, 0)).empty());  // "not given"
}

TEST_CASE("no memory limit means no swap limit") {
  CHECK(show(with_memory(-1, {})) ==
        "memory.max=max | memory.limit_in_bytes=-1\n"
        "memory.swap.max=max | memory.memsw.limit_in_bytes=-1\n");
}

TEST_CASE("swap limits without a meaning are refused") {
  CHECK(refusal(with_memory({}, 100)) ==
        "/linux/resources/memory/swap needs memory/limit: it is the sum of memory and swap");
  CHECK(refusal(with_memory(200, 100)) ==
        "/linux/resources/memory/swap is 100, below memory/limit 200: it is the sum of memory and swap");
  CHECK(refusal(with_memory(-2, {})) == "/linux/resources/memory/limit is -2: must be -1 (no limit) or more");
}

TEST_CASE("the other limits of memory") {
  oci::Resources resources;
  resources.memory.emplace().reservation = 700;
  resources.memory->swappiness = 0;
  resources.memory->disable_oom_killer = true;
  CHECK(show(resources) ==
        "memory.low=700 | memory.soft_limit_in_bytes=700\n"
        "| memory.swappiness=0\n"
        "| memory.oom_control=1\n");
}

TEST_CASE("quota and period share a file on v2") {
  oci::Resources resources;
  resources.cpu.emplace().quota = 50000;
  CHECK(show(resources) == "cpu.max=50000 | cpu.cfs_quota_us=50000\n");
  resources.cpu->period = 200000;
  CHECK(show(resources) == "cpu.max=50000 200000 | cpu.cfs_period_us=200000 cpu.cfs_quota_us=50000\n");
  resources.cpu->quota = -1;
  CHECK(show(resources) == "cpu.max=max 200000 | cpu.cfs_period_us=200000 cpu.cfs_quota_us=-1\n");
  resources.cpu->quota.reset();
  CHECK(show(resources) == "cpu.max=max 200000 | cpu.cfs_period_us=200000\n");
}

TEST_CASE("shares become a weight on v2 and stay shares on v1") {
  oci::Resources resources;
  resources.cpu.emplace().shares = 512;
  CHECK(show(resources) == "cpu.weight=59 | cpu.shares=512\n");
}

TEST_CASE("the curve from shares to weight goes through its three points and never falls") {
  CHECK(weight_of_shares(2) == 1);
  CHECK(weight_of_shares(1024) == 100);
  CHECK(weight_of_shares(262144) == 10000);
  CHECK(weight_of_shares(1) == 1);
  CHECK(weight_of_shares(1 << 30) == 10000);
  for (std::uint64_t shares = 2; shares < 262144; shares += 7)
    CHECK(weight_of_shares(shares) <= weight_of_shares(shares + 7));
}

TEST_CASE("block I/O limits") {
  oci::Resources resources;
  resources.block_io.emplace().weight = 10;
  resources.block_io->weight_device = {{8, 0, std::uint16_t{1000}, {}}};
  resources.block_io->throttle_read_bps_device = {{8, 0, 1048576}, {8, 16, 0}};
  resources.block_io->throttle_write_iops_device = {{254, 0, 100}};
  CHECK(show(resources) ==
        "io.bfq.weight=default 10 io.weight=default 1 | blkio.bfq.weight=10 blkio.weight=10\n"
        "io.bfq.weight=8:0 1000 io.weight=8:0 10000 | blkio.bfq.weight_device=8:0 1000 blkio.weight_device=8:0 1000\n"
        "io.max=8:0 rbps=1048576 | blkio.throttle.read_bps_device=8:0 1048576\n"
        "io.max=8:16 rbps=max | blkio.throttle.read_bps_device=8:16 0\n"
        "io.max=254:0 wiops=100 | blkio.throttle.write_iops_device=254:0 100\n");
  resources.block_io->weight = 9;
  CHECK(refusal(resources) == "/linux/resources/blockIO/weight is 9: must be from 10 to 1000");
}

TEST_CASE("a limit of processes, none, and one of zero") {
  oci::Resources resources;
  resources.pids.emplace().limit = 32;
  CHECK(show(resources) == "pids.max=32 | pids.max=32\n");
  resources.pids->limit = -1;
  CHECK(show(resources) == "pids.max=max | pids.max=max\n");
  resources.pids->limit = 0;
  CHECK(show(resources) == "pids.max=1 | pids.max=1\n");
}

TEST_CASE("huge pages are limited when reserved and when used") {
  oci::Resources resources;
  resources.hugepage_limits = {{"2MB", 4194304}};
  CHECK(show(resources) ==
        "hugetlb.2MB.rsvd.max=4194304 hugetlb.2MB.max=4194304 | "
        "hugetlb.2MB.rsvd.limit_in_bytes=4194304 hugetlb.2MB.limit_in_bytes=4194304\n");
  for (const char* bad : {"", "MB", "2", "2mb", "2/../../MB", "x2MB"}) {
    CAPTURE(bad);
    resources.hugepage_limits[0].page_size = bad;
    CHECK(refusal(resources).find("/linux/resources/hugepageLimits/0/pageSize '") == 0);
  }
}

TEST_CASE("unified keys are files of v2, line by line") {
  oci::Resources resources;
  resources.unified = {{"memory.high", "100"}, {"io.max", "8:0 rbps=1\n8:16 rbps=2\n"}};
  CHECK(show(resources) == "io.max=8:0 rbps=1 |\nio.max=8:16 rbps=2 |\nmemory.high=100 |\n");
}

TEST_CASE("unified keys that lead elsewhere or act on processes are refused") {
  for (const char* bad : {"", "memory", ".memory", "../memory.max", "memory/../x.y", "a..b", "cgroup.procs",
                          "cgroup.threads", "cgroup.kill", "cgroup.freeze"}) {
    CAPTURE(bad);
    oci::Resources resources;
    resources.unified = {{bad, "1"}};
    CHECK(refusal(resources).find(fmt::format("/linux/resources/unified/{} ", bad)) == 0);
  }
}

TEST_CASE("each setting goes where its controller is") {
  oci::Resources resources = with_memory(1000, {});
  resources.pids.emplace().limit = 5;
  CgroupHost mixed = v1_host();
  mixed.v2_mount = "/cg/unified";
  mixed.v2_controllers = {"pids"};
  mixed.v1_mounts.erase("pids");
  CgroupPlacement placed = place_settings(plan_cgroup(resources).value(), mixed).value();
  REQUIRE(placed.v2.size() == 1);
  CHECK(placed.v2[0].controller == "pids");
  REQUIRE(placed.v1.size() == 1);
  CHECK(placed.v1.begin()->first == "/cg/memory");
}

TEST_CASE("io of v2 is blkio of v1") {
  oci::Resources resources;
  resources.block_io.emplace().throttle_read_bps_device = {{8, 0, 1}};
  CHECK(place_settings(plan_cgroup(resources).value(), v1_host()).value().v1.count("/cg/blkio") == 1);
}

TEST_CASE("a limit without a place is an error that names controller, file and mend") {
  oci::Resources rdma;
  rdma.rdma["mlx5_0"].hca_handles = 2;
  Error error = no_place(rdma, v2_host());
  CHECK(error.message == "cannot set rdma.max (/linux/resources/rdma/mlx5_0): this host has no rdma controller");
  CHECK(error.hint.find("cgroup.subtree_control") != std::string::npos);

  oci::Resources unified;
  unified.unified = {{"memory.high", "1"}};
  error = no_place(unified, v1_host());
  CHECK(error.message ==
        "cannot set memory.high (/linux/resources/unified/memory.high): the memory controller is on cgroup v1 here");
  CHECK(error.hint.find("cgroup_no_v1=all") != std::string::npos);

  oci::Resources swappiness;
  swappiness.memory.emplace().swappiness = 5;
  CHECK(no_place(swappiness, v2_host()).message ==
        "cannot set memory.swappiness (/linux/resources/memory/swappiness): cgroup v2 has no such limit");

  CHECK(no_place(with_memory(1, {}), CgroupHost()).message ==
        "cannot set memory.max (/linux/resources/memory/limit): no cgroup file system is mounted");
}

TEST_CASE("a weight that no scheduler of this kernel knows says how to get one") {
  oci::Resources resources;
  resources.block_io.emplace().weight = 100;
  CgroupSetting setting = plan_cgroup(resources).value()[0];
  Error error = missing_file(setting, setting.v1);
  CHECK(error.kind == Kind::unsupported);
  CHECK(error.message ==
        "cannot set blkio.bfq.weight or blkio.weight (/linux/resources/blockIO/weight): the io controller has no such "
        "file here");
  CHECK(error.hint.find("bfq") != std::string::npos);
}

TEST_CASE("old weights of block I/O spread over the new range") {
  CHECK(io_weight_of_blkio(10) == 1);
  CHECK(io_weight_of_blkio(1000) == 10000);
}
