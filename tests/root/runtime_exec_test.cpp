#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "oci/default_seccomp.h"
#include "oci/default_spec.h"
#include "oci/json.h"
#include "tests/bundle.h"
#include "tests/cgroup_fixture.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

void start(TestBundle& bundle, const std::string& script = "sleep 1000") {
  bundle.process().args = {"sh", "-c", script};
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
}

Outcome exec(TestBundle& bundle, std::vector<std::string> words, const std::vector<std::string>& flags = {}) {
  std::vector<std::string> all = {"exec"};
  all.insert(all.end(), flags.begin(), flags.end());
  all.push_back(bundle.id());
  all.insert(all.end(), words.begin(), words.end());
  return bundle.runtime(all);
}

Outcome exec_process(TestBundle& bundle, const std::string& json) {
  bundle.write("process.json", json);
  return bundle.runtime({"exec", "--process", bundle.path("process.json"), bundle.id()});
}

std::string links_of(TestBundle& bundle, const std::string& pid) {
  std::string text;
  for (const char* name : {"cgroup", "ipc", "mnt", "net", "pid", "uts"})
    text += sys::readlink(AT_FDCWD, fmt::format("/proc/{}/ns/{}", pid, name)).value_or("?") + "\n";
  CAPTURE(bundle.id());
  return text;
}

}  // namespace

TEST_CASE("exec runs a command in the container and ends as it ends") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  Outcome outcome = exec(bundle, {"sh", "-c", "cat /proc/1/cmdline | tr '\\0' ' '; pwd; exit 7"});
  CHECK(outcome.exit_code == 7);
  CHECK(outcome.output == "sleep 1000 /\n");
  CHECK(exec(bundle, {"sh", "-c", "kill -USR1 $$"}).exit_code == 128 + SIGUSR1);
}

TEST_CASE("exec fails with 255, apart from what the command itself ends with") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(exec(bundle, {"true"}).exit_code == 255);
  CHECK(exec(bundle, {"true"}).says("does not exist"));
  start(bundle);
  Outcome missing = exec(bundle, {"nothing-like-it"});
  CHECK(missing.exit_code == 255);
  CHECK(missing.says("executable file not found in $PATH"));
  CHECK(exec(bundle, {"/etc/passwd"}).says("permission denied"));
  CHECK(exec(bundle, {}).says("process args cannot be empty"));
  CHECK(exec(bundle, {"true"}, {"--cwd", "/none"}).says("/process/cwd"));
  CHECK(exec(bundle, {"true"}, {"--cwd", "relative"}).says("must be an absolute path"));
  CHECK(exec(bundle, {"true"}, {"-d", "-t"}).says("without setting console socket"));
  CHECK(exec(bundle, {"false"}).exit_code == 1);
  REQUIRE(bundle.runtime({"kill", bundle.id(), "KILL"}).exit_code == 0);
  REQUIRE(bundle.becomes("stopped"));
  CHECK(exec(bundle, {"true"}).says("cannot exec in a stopped container"));
}

TEST_CASE("a process that joins is in every namespace and in the cgroup of the container") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().resources.emplace().pids = oci::PidsLimit{50};
  start(bundle);
  std::string detached = fmt::format("{} --root {} exec -d --pid-file {} {} sleep 1000 </dev/null >/dev/null 2>&1",
                                     test::runtime_program(), bundle.state_root(), bundle.path("pid"), bundle.id());
  REQUIRE(::system(detached.c_str()) == 0);
  std::string pid = bundle.read("pid");
  Outcome numbers = bundle.runtime({"ps", "--format", "json", bundle.id()});
  CAPTURE(numbers.output);
  auto pids = split(numbers.output.substr(1, numbers.output.size() - 3), ',');
  REQUIRE(pids.size() == 2);
  CHECK((pids[0] == pid || pids[1] == pid));
  CHECK(links_of(bundle, pids[0]) == links_of(bundle, pids[1]));
  CHECK(links_of(bundle, pid) != links_of(bundle, "self"));
  auto cgroup = [](const std::string& p) { return read_file(AT_FDCWD, "/proc/" + p + "/cgroup").value_or(""); };
  CHECK(cgroup(pids[0]) == cgroup(pids[1]));
  Outcome table = bundle.runtime({"ps", bundle.id()});
  CHECK(table.output.starts_with("UID"));
  CHECK(table.says(" " + pid + " "));
  CHECK(split(table.output, '\n').size() == 4);
  CHECK(bundle.runtime({"ps", bundle.id(), "-eo", "pid,args"}).says(pid + " sleep 1000"));
}

TEST_CASE("exec takes user, groups, environment, directory and capabilities from its flags") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  const std::vector<std::string> show = {"sh", "-c", "id -u; id -g; id -G; pwd; echo $A $B; umask"};
  Outcome outcome =
      exec(bundle, show,
           {"-u", "1000:1001", "-g", "7", "--additional-gids", "8", "-e", "A=1", "--env=B=2", "--cwd", "/tmp"});
  CHECK(outcome.output == "1000\n1001\n1001 7 8\n/tmp\n1 2\n0022\n");
  CHECK(exec(bundle, {"sh", "-c", "echo $HOME"}, {"-u", "1000"}).output == "/home\n");
  const std::vector<std::string> caps = {"grep", "CapBnd", "/proc/self/status"};
  CHECK(exec(bundle, caps).output != exec(bundle, caps, {"--cap", "CAP_SYS_BOOT"}).output);
  const std::vector<std::string> privs = {"grep", "NoNewPrivs", "/proc/self/status"};
  CHECK(exec(bundle, privs).output == "NoNewPrivs:\t0\n");
  CHECK(exec(bundle, privs, {"--no-new-privs"}).output == "NoNewPrivs:\t1\n");
}

TEST_CASE("CVE-2026-30892: a user that is no number is refused, never root") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  for (const char* user : {"1x", "x", "", "1:", ":1", "1:x", "-1", "1 ", " 1", "1:2:3", "4294967296", "0x1"}) {
    CAPTURE(user);
    if (*user == '\0') continue;
    CHECK(exec(bundle, {"true"}, {"--user", user}).exit_code == 255);
  }
  CHECK(exec(bundle, {"id", "-u"}, {"--user", "1"}).output == "1\n");
  CHECK(exec(bundle, {"id", "-g"}, {"--user", "1:2"}).output == "2\n");
}

TEST_CASE("a process file says all, and what it leaves open is the container's") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().rlimits = {{"RLIMIT_CORE", 4096, 2048}};
  bundle.part().seccomp = oci::default_seccomp(oci::default_capabilities());
  start(bundle);
  Outcome outcome = exec_process(bundle, R"({"user":{"uid":0,"gid":0},"cwd":"/tmp","env":["PATH=/bin","X=y"],
      "args":["sh","-c","pwd; echo $X; grep -E 'Seccomp:|CapEff' /proc/self/status; grep core /proc/self/limits"]})");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.output.starts_with("/tmp\ny\n"));
  CHECK(outcome.says("Seccomp:\t2"));
  CHECK(outcome.says("CapEff:\t00000000a80425fb"));
  CHECK(outcome.says("2048                 4096"));
  Outcome none = exec_process(bundle, R"({"cwd":"/","user":{"uid":0,"gid":0},"env":["PATH=/bin"],"capabilities":{},
      "args":["grep","CapEff","/proc/self/status"]})");
  CHECK(none.output == "CapEff:\t0000000000000000\n");
  CHECK(exec_process(bundle, R"({"cwd":"/","args":[]})").exit_code == 255);
  CHECK(exec_process(bundle, R"({"cwd":7})").says("/cwd must be a string"));
  CHECK(exec_process(bundle, "{").exit_code == 255);
}

TEST_CASE("CVE-2016-9962, CVE-2024-21626: a process that joins brings no descriptor of the host") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  Outcome outcome = exec(bundle, {"sh", "-c", "for i in $(seq 3 40); do [ -L /proc/$$/fd/$i ] && echo $i; done; true"});
  CHECK(outcome.output.empty());
  for (int fd = 3; fd < 20; ++fd) {
    CAPTURE(fd);
    CHECK(exec(bundle, {"pwd"}, {"--cwd", fmt::format("/proc/self/fd/{}", fd)}).exit_code == 255);
  }
}

TEST_CASE("descriptors are handed over by exec when they are asked for") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  bundle.write("given", "text of the host");
  std::string command =
      fmt::format("{} --root {} exec --preserve-fds 1 {} sh -c 'cat <&3' 3<{} >{} 2>&1", test::runtime_program(),
                  bundle.state_root(), bundle.id(), bundle.path("given"), bundle.path("output"));
  CHECK(::system(command.c_str()) == 0);
  CHECK(bundle.read("output") == "text of the host");
}

TEST_CASE("CVE-2019-5736: the runtime's file is out of reach of a container that is entered") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  bundle.write("rootfs/bin/script", "#!/proc/self/exe\n", 0755);
  CHECK_FALSE(exec(bundle, {"/proc/self/exe", "--version"}).says("Text file busy"));
  CHECK(exec(bundle, {"script"}).exit_code != 0);
}

TEST_CASE("a process that joins is on the CPUs that it asks for") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  auto cpus = [&](const std::string& affinity) {
    return exec_process(bundle, R"({"cwd":"/","user":{"uid":0,"gid":0},"env":["PATH=/bin"],"execCPUAffinity":)" +
                                    affinity + R"(,"args":["grep","Cpus_allowed_list","/proc/self/status"]})");
  };
  CHECK(cpus(R"({"initial":"0"})").output == "Cpus_allowed_list:\t0\n");
  CHECK(cpus(R"({"initial":"1","final":"0"})").output == "Cpus_allowed_list:\t0\n");
  CHECK(cpus(R"({"final":"x"})").says("/process/execCPUAffinity/final: 'x' is no list"));
  CHECK(cpus(R"({"final":"3-1"})").exit_code == 255);
  CHECK(cpus(R"({"final":"8000"})").says("/process/execCPUAffinity/final"));
}

TEST_CASE("a change of config.json after create has no effect, on start and exec neither") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sh", "-c", "echo before; sleep 1000"};
  bundle.process().env.push_back("WHEN=before");
  REQUIRE(bundle.create().exit_code == 0);
  bundle.process().args = {"echo", "after"};
  bundle.process().env.back() = "WHEN=after";
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(exec(bundle, {"sh", "-c", "echo $WHEN"}).output == "before\n");
  for (int i = 0; i < 200 && bundle.read("output").empty(); ++i) ::usleep(10'000);
  CHECK(bundle.read("output") == "before\n");
}

TEST_CASE("a paused container takes no process, and goes on after resume") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle, "i=0; while :; do i=$((i+1)); echo $i > /time; sleep 0.02; done");
  CHECK(bundle.runtime({"resume", bundle.id()}).says("container not paused"));
  REQUIRE(bundle.runtime({"pause", bundle.id()}).exit_code == 0);
  CHECK(bundle.status() == "paused");
  std::string before = bundle.read("rootfs/time");
  ::usleep(100'000);
  CHECK(bundle.read("rootfs/time") == before);
  CHECK(exec(bundle, {"true"}).says("cannot exec in a paused container"));
  CHECK(bundle.runtime({"pause", bundle.id()}).exit_code == 1);
  CHECK(bundle.runtime({"delete", bundle.id()}).says("paused"));
  REQUIRE(bundle.runtime({"resume", bundle.id()}).exit_code == 0);
  CHECK(bundle.status() == "running");
  ::usleep(100'000);
  CHECK(bundle.read("rootfs/time") != before);
  REQUIRE(bundle.runtime({"pause", bundle.id()}).exit_code == 0);
  CHECK(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
}

TEST_CASE("a process can be put in a cgroup below the container's, and nowhere else") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (auto& mount : bundle.spec.mounts) {
    if (mount.destination == "/sys/fs/cgroup") std::erase(mount.options, "ro");
  }
  start(bundle, "mkdir $(find /sys/fs/cgroup -name cgroup.procs | sed 's/cgroup.procs$/inner/'); sleep 1000");
  REQUIRE(exec(bundle, {"sh", "-c", "until find /sys/fs/cgroup -name inner | grep -q inner; do sleep 0.02; done"})
              .exit_code == 0);
  Outcome inner = exec(bundle, {"grep", "/inner", "/proc/self/cgroup"}, {"--cgroup", "inner"});
  CAPTURE(inner.output);
  CHECK(inner.exit_code == 0);
  CHECK(exec(bundle, {"true"}, {"--cgroup", "none"}).says("adding pid to cgroup 'none'"));
  CHECK(exec(bundle, {"true"}, {"--cgroup", "inner/../.."}).says("bad sub cgroup path"));
  CHECK(exec(bundle, {"true"}, {"--cgroup", "nonsense:/"}).says("unknown controller 'nonsense'"));
  CHECK(exec(bundle, {"true"}, {"--cgroup", "/nowhere"}).says("adding pid to cgroup '/nowhere': no such file"));
  CHECK(exec(bundle, {"pwd"}, {"-cwd", "/proc", "-user", "0:0"}).output == "/proc\n");
}

TEST_CASE("update changes limits while the container runs, by flags or from a file") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  start(bundle);
  Outcome set = bundle.runtime({"update", "--pids-limit", "23", bundle.id()});
  CAPTURE(set.output);
  REQUIRE(set.exit_code == 0);
  auto pids_limit = [&] {
    Outcome stats = bundle.runtime({"events", "--stats", bundle.id()});
    auto json = oci::parse_json(stats.output);
    REQUIRE_MESSAGE(json.ok(), stats.output);
    const oci::Json* pids = json.value().find("data")->find("pids");
    const oci::Json* limit = pids->find("limit");
    return limit == nullptr ? 0 : *limit->as<std::int64_t>();
  };
  CHECK(pids_limit() == 23);
  bundle.write("resources.json", R"({"pids":{"limit":42}})");
  REQUIRE(bundle.runtime({"update", "-r", bundle.path("resources.json"), bundle.id()}).exit_code == 0);
  CHECK(pids_limit() == 42);
  bundle.write("resources.json", R"({"memory":{"limit":4096,"checkBeforeUpdate":true}})");
  CHECK(bundle.runtime({"update", "-r", bundle.path("resources.json"), bundle.id()}).says("rejecting memory limit"));
  bundle.write("resources.json", R"({"memory":{"limit":4096,"swap":8192,"checkBeforeUpdate":true}})");
  CHECK(bundle.runtime({"update", "-r", bundle.path("resources.json"), bundle.id()}).says("rejecting memory+swap"));
  CHECK(bundle.runtime({"update", "--cpu-period", "-1", bundle.id()}).says("must not be negative"));
  bundle.write("resources.json", R"({"pids":{"limit":"many"}})");
  CHECK(bundle.runtime({"update", "-r", bundle.path("resources.json"), bundle.id()}).says("/pids/limit"));
  CHECK(bundle.runtime({"update", "-r", "/nowhere", bundle.id()}).exit_code == 1);
}

TEST_CASE("a process that is killed for memory is told at once") {
  NEEDS_BUNDLE();
  if (!test::can_limit("memory")) return;
  TestBundle bundle;
  bundle.part().resources.emplace().memory.emplace().limit = 32 << 20;
  bundle.part().resources->memory->swap = 32 << 20;
  start(bundle, "sleep 0.3; dd if=/dev/zero of=/dev/null bs=100M count=1; sleep 1");
  Outcome outcome = bundle.runtime({"events", "--interval", "60s", bundle.id()});
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.output == "{\"type\":\"oom\",\"id\":\"" + bundle.id() + "\"}\n");
}

TEST_CASE("events end with the container, and statistics come at their interval") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.runtime({"events", bundle.id()}).says("does not exist"));
  start(bundle, "sleep 1");
  Outcome outcome = bundle.runtime({"events", "--interval", "200ms", bundle.id()});
  CHECK(outcome.exit_code == 0);
  CHECK(split(outcome.output, '\n').size() > 2);
  CHECK(outcome.output.starts_with("{\"type\":\"stats\",\"id\":\"" + bundle.id() + "\",\"data\":{\"cpu\":{\"usage\""));
  CHECK(bundle.runtime({"events", "--interval", "0s", bundle.id()}).exit_code == 1);
}
