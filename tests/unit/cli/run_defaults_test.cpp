#include "cli/run_defaults.h"

#include <sys/resource.h>

#include <doctest/doctest.h>

#include "oci/default_spec.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

DefaultsFacts facts(bool may_raise) {
  return {may_raise, {{"RLIMIT_MEMLOCK", 1U << 20}, {"RLIMIT_STACK", RLIM_INFINITY}, {"RLIMIT_NOFILE", 4096}}, 16};
}

const oci::Rlimit* limit(const oci::Process& process, const std::string& type) {
  for (const oci::Rlimit& one : process.rlimits) {
    if (one.type == type) return &one;
  }
  return nullptr;
}

std::string threads(double cpus, std::vector<std::string> env = {}, const std::string& cpuset = "") {
  oci::Process process;
  process.env = std::move(env);
  RunFlags flags;
  flags.cpus = cpus;
  flags.cpuset_cpus = cpuset;
  std::vector<std::string> chosen;
  choose_threads(process, flags, facts(true), chosen);
  const char* value = oci::find_env(process.env, "OMP_NUM_THREADS");
  return value == nullptr ? "" : value;
}

}  // namespace

TEST_CASE("an accelerator gets locked memory, a large stack and many files") {
  oci::Process process;
  process.rlimits = {{"RLIMIT_NOFILE", 1048576, 65536}};
  std::vector<std::string> chosen;
  choose_limits(process, RunFlags{}, facts(true), chosen);
  REQUIRE(limit(process, "RLIMIT_MEMLOCK") != nullptr);
  CHECK(limit(process, "RLIMIT_MEMLOCK")->soft == RLIM_INFINITY);
  CHECK(limit(process, "RLIMIT_STACK")->soft == 64U << 20);
  CHECK(limit(process, "RLIMIT_STACK")->hard == RLIM_INFINITY);
  CHECK(limit(process, "RLIMIT_NOFILE")->soft == 1048576);
  CHECK(process.rlimits.size() == 3);
  REQUIRE(chosen.size() == 3);
  CHECK(chosen[0] == "memlock is unlimited, for the accelerator (--no-default limits)");
}

TEST_CASE("limits are not raised beyond what we may, and that is said") {
  oci::Process process;
  std::vector<std::string> chosen;
  choose_limits(process, RunFlags{}, facts(false), chosen);
  CHECK(limit(process, "RLIMIT_MEMLOCK")->hard == 1U << 20);
  CHECK(limit(process, "RLIMIT_NOFILE")->soft == 4096);
  CHECK(limit(process, "RLIMIT_STACK")->soft == 64U << 20);
  CHECK(chosen[0].find("more needs CAP_SYS_RESOURCE") != std::string::npos);
  CHECK(chosen[1].find("CAP_SYS_RESOURCE") == std::string::npos);
}

TEST_CASE("a limit of the user's stays") {
  oci::Process process;
  process.rlimits = {{"RLIMIT_MEMLOCK", 1, 1}};
  RunFlags flags;
  flags.ulimit = {"MEMLOCK=1", "stack=2"};
  std::vector<std::string> chosen;
  choose_limits(process, flags, facts(true), chosen);
  CHECK(limit(process, "RLIMIT_MEMLOCK")->hard == 1);
  CHECK(limit(process, "RLIMIT_STACK") == nullptr);
  CHECK(chosen.size() == 1);
}

TEST_CASE("threads are as many as whole CPUs, and one at least") {
  CHECK(threads(2.9) == "2");
  CHECK(threads(0.5) == "1");
  CHECK(threads(4) == "4");
  CHECK(threads(64) == "16");  // more than the machine has
  CHECK(threads(4, {}, "0-1") == "2");
  CHECK(threads(4, {"OMP_NUM_THREADS=7"}) == "7");
  CHECK(threads(0).empty());
}

TEST_CASE("every library is told, but for those that are told already") {
  oci::Process process;
  process.env = {"MKL_NUM_THREADS=1"};
  RunFlags flags;
  flags.cpus = 2;
  std::vector<std::string> chosen;
  choose_threads(process, flags, facts(true), chosen);
  for (const char* name :
       {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "TORCH_NUM_THREADS", "RAYON_NUM_THREADS"}) {
    const char* value = oci::find_env(process.env, name);
    REQUIRE(value != nullptr);
    CHECK(std::string(value) == "2");
  }
  CHECK(std::string(oci::find_env(process.env, "MKL_NUM_THREADS")) == "1");
  REQUIRE(chosen.size() == 1);
  CHECK(chosen[0].starts_with("2 threads, from --cpus: OMP_NUM_THREADS, OPENBLAS"));
}

TEST_CASE("CPUs near the GPU are preferred when they are some of all and enough") {
  using List = std::vector<std::string>;
  CHECK(choose_cpus(List{"0-3"}, "0-7", 4) == "0-3");
  CHECK(choose_cpus(List{"0-3"}, "0-7", 4.5) == std::nullopt);
  CHECK(choose_cpus(List{"0-1,8-9", "2"}, "0-9", 2) == "0-2,8-9");
  CHECK(choose_cpus(List{"0-3", "4-7"}, "0-7", 2) == std::nullopt);  // GPUs of both nodes: all
  CHECK(choose_cpus(List{"0-63"}, "0-7", 2) == std::nullopt);        // those of a machine with fewer CPUs
  CHECK(choose_cpus(List{"0-3", ""}, "0-7", 2) == std::nullopt);
  CHECK(choose_cpus(List{"nonsense"}, "0-7", 2) == std::nullopt);
  CHECK(choose_cpus(List{}, "0-7", 2) == std::nullopt);
}

TEST_CASE("a default is switched off by its name, or with all others") {
  RunFlags flags;
  CHECK_FALSE(is_switched_off(flags, "shm"));
  flags.no_default = {"threads"};
  CHECK(is_switched_off(flags, "threads"));
  CHECK_FALSE(is_switched_off(flags, "shm"));
  flags.no_default = {"all"};
  CHECK(is_switched_off(flags, "shm"));
}

TEST_CASE("GPUs and RDMA devices are accelerators") {
  oci::Spec spec = oci::default_spec();
  CHECK_FALSE(has_accelerator(spec));
  oci::Device device;
  device.path = "/dev/infiniband/uverbs0";
  spec.linux_part->devices.push_back(device);
  CHECK(has_accelerator(spec));
  spec.linux_part->devices.back().path = "/dev/fuse";
  CHECK_FALSE(has_accelerator(spec));
}
