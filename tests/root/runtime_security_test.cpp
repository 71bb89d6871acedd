// One case for each bug that a runtime has had, named after it.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

oci::Mount bind_mount(const std::string& destination, const std::string& source) {
  oci::Mount m;
  m.destination = destination;
  m.source = source;
  m.options = {"rbind"};
  return m;
}

pid_t pid_of(TestBundle& bundle) {
  std::string state = bundle.runtime({"state", bundle.id()}).output;
  return std::atoi(state.c_str() + state.find("\"pid\": ") + 7);
}

}  // namespace

TEST_CASE("CVE-2016-9962: a process that waits for start holds no file of the host") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  std::string folder = fmt::format("/proc/{}/fd", pid_of(bundle));
  for (const std::string& number : list_directory(AT_FDCWD, folder).value()) {
    if (std::atoi(number.c_str()) < 3) continue;
    std::string target = sys::readlink(AT_FDCWD, folder + "/" + number).value();
    CAPTURE(target);
    CHECK(target.starts_with("socket:"));
  }
}

TEST_CASE("CVE-2019-5736: the runtime's file cannot be written through /proc/PID/exe") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  // Held while the runtime's file is the process's, used when nobody executes it any more, as the attack does.
  auto held = sys::open(AT_FDCWD, fmt::format("/proc/{}/exe", pid_of(bundle)), O_PATH);
  REQUIRE(held.ok());
  REQUIRE(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
  auto written = sys::reopen(held.value().get(), O_WRONLY);
  REQUIRE_FALSE(written.ok());
  CHECK((written.error().code == EROFS || written.error().code == EPERM));
}

TEST_CASE("CVE-2019-5736: an image whose command is /proc/self/exe gets no writable runtime either") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"/proc/self/exe", "--version"};
  Outcome outcome = bundle.runtime({"run", "-b", bundle.path(), bundle.id()});
  CAPTURE(outcome.output);
  CHECK_FALSE(outcome.says("Text file busy"));
  bundle.write("rootfs/bin/script", "#!/proc/self/exe\n", 0755);
  bundle.process().args = {"script"};
  bundle.runtime({"run", "-b", bundle.path(), bundle.id()});
}

TEST_CASE("CVE-2019-16884: /proc cannot be a folder of somebody's choice") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("fake/self/attr/exec", "");
  bundle.spec.mounts[0] = bind_mount("/proc", bundle.path("fake"));
  CHECK(bundle.run("true").says("not of type proc"));
  bundle.spec.mounts[0] = bind_mount("/proc/sys/kernel", bundle.path("fake"));
  CHECK(bundle.run("true").says("is inside /proc"));
  bundle.spec.mounts[0] = bind_mount("/x/../proc/./self/attr/", bundle.path("fake"));
  CHECK(bundle.run("true").says("is inside /proc"));
}

TEST_CASE("CVE-2019-18837, CVE-2021-30465: a link of the image leads no mount out of its root") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("outside/mark", "");
  bundle.write("source/file", "mounted");
  REQUIRE(::symlink(bundle.path("outside").c_str(), bundle.rootfs("/absolute").c_str()) == 0);
  REQUIRE(::symlink("../../../../../../../../../../../../outside", bundle.rootfs("/relative").c_str()) == 0);
  bundle.spec.mounts.push_back(bind_mount("/absolute/new", bundle.path("source")));
  bundle.spec.mounts.push_back(bind_mount("/relative/new", bundle.path("source")));
  bundle.spec.mounts.push_back(bind_mount("/relative/file", bundle.path("source/file")));
  Outcome outcome = bundle.run("cat " + bundle.path("outside/new/file") + " /outside/new/file /outside/file");
  CHECK(outcome.output == "mountedmountedmounted");
  CHECK(list_directory(AT_FDCWD, bundle.path("outside")).value() == std::vector<std::string>{"mark"});
}

TEST_CASE("CVE-2024-45310, CVE-2025-24965: nothing is made outside of the root for a mount, device or folder") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("outside/mark", "");
  REQUIRE(::symlink(bundle.path("outside").c_str(), bundle.rootfs("/way").c_str()) == 0);
  REQUIRE(::symlink(bundle.path("outside/made").c_str(), bundle.rootfs("/dangling").c_str()) == 0);
  oci::Device device;
  device.type = "c";
  device.path = "/way/device";
  device.major = 1;
  device.minor = 3;
  bundle.part().devices = {device};
  bundle.process().cwd = "/way/cwd";
  bundle.spec.mounts.push_back(bind_mount("/dangling", "/etc/hostname"));
  CHECK(bundle.run("pwd").exit_code == 0);
  CHECK(list_directory(AT_FDCWD, bundle.path("outside")).value() == std::vector<std::string>{"mark"});
}

TEST_CASE(
    "CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2026-41579, CVE-2026-47766: /proc, /sys and /dev are no "
    "links") {
  NEEDS_BUNDLE();
  for (const char* name : {"/proc", "/sys", "/dev"}) {
    CAPTURE(name);
    TestBundle bundle;
    bundle.write("outside/mark", "");
    REQUIRE(::rmdir(bundle.rootfs(name).c_str()) == 0);
    REQUIRE(::symlink(bundle.path("outside").c_str(), bundle.rootfs(name).c_str()) == 0);
    Outcome outcome = bundle.run("true");
    CAPTURE(outcome.output);
    CHECK(outcome.says("must be mounted on ordinary directory"));
    // Nor without a mount there: the devices are not made where the link leads.
    std::erase_if(bundle.spec.mounts, [&](const auto& m) { return m.destination.starts_with(name); });
    if (std::string(name) == "/dev") CHECK(bundle.run("true").exit_code == 1);
    CHECK(list_directory(AT_FDCWD, bundle.path("outside")).value() == std::vector<std::string>{"mark"});
  }
}

TEST_CASE("CVE-2024-21626: the working directory cannot be reached through a descriptor of the runtime") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (int fd = 3; fd < 24; ++fd) {
    CAPTURE(fd);
    bundle.process().cwd = fmt::format("/proc/self/fd/{}", fd);
    bundle.process().args = {"sh", "-c", "ls ../../../../../../../../../../.."};
    bundle.runtime({"list"});
    std::string command = fmt::format("exec 7</ 8</etc; exec $AICTR_BIN/aictr-runtime --root {} run -b {} {} >{} 2>&1",
                                      bundle.state_root(), bundle.path(), bundle.id(), bundle.path("output"));
    CHECK(::system(command.c_str()) != 0);
    std::string output = bundle.read("output");
    CAPTURE(output);
    CHECK(output.find("/process/cwd") != std::string::npos);
  }
}

TEST_CASE("CVE-2022-27650, CVE-2022-29162, CVE-2025-27612: nothing is inheritable unless the spec says so") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Outcome outcome = bundle.run("grep -E 'CapInh|CapAmb' /proc/self/status");
  CHECK(outcome.output == "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n");
}

TEST_CASE("CVE-2025-31133, CVE-2025-62161: a mask is the host's null device, whatever the image has there") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/masked", "hidden");
  bundle.part().masked_paths = {"/masked"};
  struct stat null = sys::stat(AT_FDCWD, "/dev/null").value();
  CHECK(bundle.run("stat -c '%d %t:%T' /masked").output == fmt::format("{} 1:3\n", null.st_dev));
  // Without a /dev of its own the image's could be a link to what is to be hidden or shown.
  std::erase_if(bundle.spec.mounts, [](const auto& m) { return m.destination.starts_with("/dev"); });
  REQUIRE(::symlink("/etc/passwd", bundle.rootfs("/dev/null").c_str()) == 0);
  CHECK(bundle.run("cat /masked").exit_code == 1);
}

TEST_CASE("CVE-2025-52565: a /dev/console of the image that is a link is not followed") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().terminal = true;
  std::erase_if(bundle.spec.mounts, [](const auto& m) { return m.destination == "/dev"; });
  bundle.write("rootfs/victim", "whole");
  REQUIRE(::symlink("/victim", bundle.rootfs("/dev/console").c_str()) == 0);
  Outcome outcome = bundle.run("cat /victim");
  CAPTURE(outcome.output);
  CHECK(outcome.says("'/dev/console' of the container is a symbolic link"));
}

TEST_CASE(
    "CVE-2025-52881, CVE-2025-62596: what the runtime writes to /proc does not go through the container's mounts") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  // The container has no proc at all; a fake one lies where it would be.
  std::erase_if(bundle.spec.mounts, [](const auto& m) { return m.destination == "/proc"; });
  bundle.write("rootfs/proc/self/oom_score_adj", "untouched");
  bundle.write("rootfs/proc/sys/net/ipv4/ip_forward", "untouched");
  bundle.process().oom_score_adj = 300;
  bundle.part().sysctl = {{"net.ipv4.ip_forward", "1"}};
  auto& sets = *bundle.process().capabilities;
  sets.bounding = sets.effective = sets.permitted = {"CAP_SYS_ADMIN"};
  Outcome outcome = bundle.run(
      "cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ip_forward; mount -t proc x /proc;"
      "cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ip_forward");
  CHECK(outcome.output == "untoucheduntouched300\n1\n");
}

TEST_CASE("CVE-2023-25809: the cgroup that a container sees is its own alone, and read-only") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::erase_if(bundle.part().namespaces, [](const auto& ns) { return ns.type == "cgroup"; });
  Outcome outcome = bundle.run("find /sys/fs/cgroup -name cgroup.procs | xargs cat | sort -u; mkdir /sys/fs/cgroup/x");
  CAPTURE(outcome.output);
  CHECK(outcome.says("Read-only file system"));
  CHECK(outcome.output.starts_with("1\n"));
}

TEST_CASE("CVE-2021-43784: id maps longer than the kernel takes are refused, not cut") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().namespaces.push_back({"user", ""});
  for (std::uint32_t i = 0; i < 1000; ++i) bundle.part().uid_mappings.push_back({i, 100'000 + 2 * i, 1});
  bundle.part().gid_mappings = {{0, 100'000, 65'536}};
  Outcome outcome = bundle.run("true");
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/linux/uidMappings"));
}

TEST_CASE("GHSA-5g49-rx9x-qfc6: a key of 'unified' is a file of the cgroup and no path") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (const char* key : {"../cgroup.procs", "a/memory.max", "/etc/x.y", "..", "memory..max", ".", "memory"}) {
    CAPTURE(std::string(key));
    bundle.part().resources.emplace().unified = {{key, "1"}};
    CHECK(bundle.run("true").says("/linux/resources/unified/"));
  }
}

TEST_CASE("a container that mounts a procfs of its own gets none without its masks, pivoted or not") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().masked_paths = {"/proc/keys", "/proc/timer_list"};
  bundle.process().capabilities.emplace();
  for (auto* set : {&bundle.process().capabilities->bounding, &bundle.process().capabilities->effective,
                    &bundle.process().capabilities->permitted})
    *set = {"CAP_SETFCAP"};  // to map root in one more user namespace
  bundle.process().args = {"unshare", "-mrpf", "sh", "-c", "mount -t proc none /proc && echo mounted"};
  for (const char* flag : {"--no-pivot", "--no-new-keyring"}) {
    Outcome outcome = bundle.runtime({"run", flag, "--bundle", bundle.path(), bundle.id()});
    CAPTURE(outcome.output);
    CHECK(outcome.says("mount: permission denied"));
    CHECK_FALSE(outcome.says("mounted"));
  }
}

TEST_CASE("an id that is a path is refused") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (const char* id : {"../x", "a/b", ".", "..", ".hidden", "", "a b", "ä"}) {
    CAPTURE(id);
    CHECK(bundle.runtime({"run", "-b", bundle.path(), id}).exit_code == 1);
  }
}

TEST_CASE("a cgroup path that leads out of the hierarchies removes nothing") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.runtime({"list"});  // makes the state root
  bundle.write("victim/inside/file", "");
  ::mkdir(bundle.path("victim/empty").c_str(), 0755);
  std::string record = fmt::format(
      R"({{"format":1,"ociVersion":"1.0.0","id":"{}","bundle":"/","rootfs":"/","created":"2026-01-01T00:00:00Z",)"
      R"("cgroupsPath":"/../../../../../..{}"}})",
      bundle.id(), bundle.path("victim/empty"));
  bundle.write("state/" + bundle.id() + ".json", record + "\n");
  CHECK(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
  CHECK(::access(bundle.path("victim/empty").c_str(), F_OK) == 0);
}

TEST_CASE("a sysctl does not reach the host through a namespace that is joined by its path") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (auto& ns : bundle.part().namespaces) {
    if (ns.type == "network") ns.path = "/proc/self/ns/net";
  }
  bundle.part().sysctl["net.ipv4.ip_default_ttl"] = "65";
  Outcome outcome = bundle.run("true");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/linux/sysctl/net.ipv4.ip_default_ttl: would change the host"));
  CHECK(read_file(AT_FDCWD, "/proc/sys/net/ipv4/ip_default_ttl").value() != "65\n");
}
