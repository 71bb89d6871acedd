// What the flags of `aictr run` become.

#include <algorithm>

#include <doctest/doctest.h>

#include "cli/run_process.h"
#include "cli/run_resources.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

using Words = std::vector<std::string>;

bool has(const Words& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::optional<std::string> nothing_of_ours(const std::string&) {
  return std::nullopt;
}

oci::ContainerConfig image_with(Words entrypoint, Words cmd) {
  oci::ContainerConfig image;
  image.entrypoint = std::move(entrypoint);
  image.cmd = std::move(cmd);
  return image;
}

}  // namespace

TEST_CASE("a command replaces the image's command and follows its entrypoint") {
  auto image = image_with({"python"}, {"main.py"});
  CHECK(run_arguments({}, image, {}).value() == Words{"python", "main.py"});
  CHECK(run_arguments({}, image, {"-V"}).value() == Words{"python", "-V"});
}

TEST_CASE("an entrypoint of the user's drops the image's entrypoint and command") {
  auto image = image_with({"python"}, {"main.py"});
  RunFlags flags;
  flags.entrypoint = "sh";
  CHECK(run_arguments(flags, image, {}).value() == Words{"sh"});
  CHECK(run_arguments(flags, image, {"-c", "id"}).value() == Words{"sh", "-c", "id"});
  flags.entrypoint = "";
  CHECK(run_arguments(flags, image, {"ls"}).value() == Words{"ls"});
  CHECK(run_arguments(flags, image, {}).error().kind == Kind::usage);
}

TEST_CASE("variables of flags win over the image's, and NAME alone passes ours on") {
  RunFlags flags;
  flags.env = {"A=flag", "FROM_US", "UNSET"};
  oci::ContainerConfig image;
  image.env = {"A=image", "B=image"};
  auto ours = [](const std::string& name) -> std::optional<std::string> {
    return name == "FROM_US" ? std::optional<std::string>("yes") : std::nullopt;
  };
  auto env = run_environment(flags, image, ours).value();
  CHECK(has(env, "A=flag"));
  CHECK(has(env, "B=image"));
  CHECK(has(env, "FROM_US=yes"));
  CHECK(std::none_of(env.begin(), env.end(), [](const std::string& e) { return e.starts_with("UNSET"); }));
  CHECK(env[0].starts_with("PATH="));
}

TEST_CASE("an env file has comments, names to pass on and values as they are") {
  auto lines = parse_env_file("# comment\n\nA=1 # not a comment\r\nB=\n  C=x\nD\n", nothing_of_ours).value();
  CHECK(lines == Words{"A=1 # not a comment", "B=", "C=x"});
  CHECK_FALSE(parse_env_file("A B=1\n", nothing_of_ours).ok());
  CHECK_FALSE(parse_env_file("=1\n", nothing_of_ours).ok());
}

TEST_CASE("capabilities: ALL comes first and means what we can grant, single names win over it") {
  Words known = {"CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN", "CAP_SYS_ADMIN", "CAP_SYS_RESOURCE"};
  Words grantable = {"CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"};
  RunFlags flags;
  flags.cap_add = {"net_admin"};
  flags.cap_drop = {"CAP_CHOWN"};
  auto names = run_capabilities(flags, known, grantable).value();
  CHECK(has(names, "CAP_NET_ADMIN"));
  CHECK_FALSE(has(names, "CAP_CHOWN"));

  flags.cap_add = {"kill"};
  flags.cap_drop = {"all"};
  CHECK(run_capabilities(flags, known, grantable).value() == Words{"CAP_KILL"});

  flags.cap_drop = {"kill"};
  CHECK(has(run_capabilities(flags, known, grantable).value(), "CAP_KILL"));

  flags.cap_add = {"ALL"};
  flags.cap_drop = {"sys_admin"};
  CHECK(run_capabilities(flags, known, grantable).value() == Words{"CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN"});

  flags.cap_add = {"NET_ADMN"};
  CHECK(run_capabilities(flags, known, grantable).error().hint == "did you mean CAP_NET_ADMIN?");
  flags.cap_add = {"FOO"};
  CHECK(run_capabilities(flags, known, grantable).error().hint.empty());
}

TEST_CASE("ulimits") {
  auto limit = parse_ulimit("nofile=1024:2048").value();
  CHECK(limit.type == "RLIMIT_NOFILE");
  CHECK(limit.soft == 1024);
  CHECK(limit.hard == 2048);
  CHECK(parse_ulimit("core=0").value().hard == 0);
  CHECK(parse_ulimit("memlock=-1").value().soft == ~0ULL);
  for (const char* bad : {"nofile", "nofile=", "nofile=a", "nofile=2:1", "nofile=1:2:3", "files=1", "=1"}) {
    CAPTURE(bad);
    CHECK(parse_ulimit(bad).error().kind == Kind::usage);
  }
}

TEST_CASE("swap is twice the memory where there is swap, and never less than memory") {
  RunFlags flags;
  flags.memory = Bytes{512LL << 20};
  CHECK(run_resources(flags, true).value().memory->swap == 1024LL << 20);
  CHECK_FALSE(run_resources(flags, false).value().memory->swap.has_value());
  flags.memory_swap = BytesOrUnlimited{256LL << 20};
  CHECK(run_resources(flags, true).error().kind == Kind::usage);
  flags.memory_swap = BytesOrUnlimited{-1};
  CHECK(run_resources(flags, true).value().memory->swap == -1);
  flags.memory.reset();
  CHECK(run_resources(flags, true).error().kind == Kind::usage);
}

TEST_CASE("limits out of range are refused with the flag's name") {
  auto refuses = [](auto set, std::string_view flag) {
    RunFlags flags;
    set(flags);
    auto result = run_resources(flags, false);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message.find(flag) != std::string::npos);
  };
  refuses([](RunFlags& f) { f.memory = Bytes{1000}; }, "--memory");
  refuses([](RunFlags& f) { f.cpus = 0.001; }, "--cpus");
  refuses([](RunFlags& f) { f.cpus = -1; }, "--cpus");
  refuses([](RunFlags& f) { f.cpu_shares = 1; }, "--cpu-shares");
  refuses([](RunFlags& f) { f.blkio_weight = 5; }, "--blkio-weight");
  refuses([](RunFlags& f) { f.device_read_bps = {"/dev/null:1m"}; }, "--device-read-bps");
  refuses([](RunFlags& f) { f.device_read_iops = {"/dev/nosuch:1"}; }, "--device-read-iops");
  refuses([](RunFlags& f) { f.device_write_bps = {"1m"}; }, "--device-write-bps");
}

TEST_CASE("a limit of 0 is no limit") {
  RunFlags flags;
  flags.memory = Bytes{0};
  flags.memory_swap = BytesOrUnlimited{0};
  flags.memory_reservation = Bytes{0};
  flags.cpus = 0;
  flags.cpu_shares = 0;
  flags.blkio_weight = 0;
  auto resources = run_resources(flags, true).value();
  CHECK_FALSE(resources.memory->limit.has_value());
  CHECK_FALSE(resources.memory->swap.has_value());
  CHECK_FALSE(resources.memory->reservation.has_value());
  CHECK_FALSE(resources.cpu->quota.has_value());
  CHECK_FALSE(resources.cpu->shares.has_value());
  CHECK_FALSE(resources.block_io->weight.has_value());
}

TEST_CASE("--cpus becomes a quota and --pids-limit 0 means none") {
  RunFlags flags;
  flags.cpus = 0.5;
  flags.pids_limit = 0;
  auto resources = run_resources(flags, false).value();
  CHECK(resources.cpu->quota == 50000);
  CHECK(resources.cpu->period == 100000);
  CHECK_FALSE(resources.pids.has_value());
}
