#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <doctest/doctest.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

oci::Mount mount(const std::string& destination, const std::string& type, const std::string& source,
                 std::vector<std::string> options) {
  oci::Mount m;
  m.destination = destination;
  m.type = type;
  m.source = source;
  m.options = std::move(options);
  return m;
}

}  // namespace

TEST_CASE("the root is read-only when the spec says so, and else not") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.run("echo x >/file && cat /file").output == "x\n");
  bundle.spec.root->readonly = true;
  CHECK(bundle.run("echo x >/file").says("Read-only file system"));
  CHECK(bundle.run("echo x >/dev/shm-file && echo fine").output == "fine\n");
}

TEST_CASE("nothing of the host is mounted in the container") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Outcome outcome = bundle.run("cut -d' ' -f5 /proc/self/mountinfo");
  CAPTURE(outcome.output);
  CHECK(outcome.output.starts_with("/\n/proc\n/dev\n/dev/pts\n/sys\n"));
  CHECK_FALSE(outcome.says("/home"));
  CHECK_FALSE(outcome.says(bundle.path()));
}

TEST_CASE("a tmpfs has the size and the mode of its options") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.mounts.push_back(mount("/work/area", "tmpfs", "tmpfs", {"nosuid", "size=64k", "mode=1750"}));
  Outcome outcome =
      bundle.run("stat -c %a /work/area; grep /work/area /proc/mounts; dd if=/dev/zero of=/work/area/f bs=4k");
  CAPTURE(outcome.output);
  CHECK(outcome.says("1750\n"));
  CHECK(outcome.says("nosuid"));
  CHECK(outcome.says("size=64k"));
  CHECK(outcome.says("No space left on device"));
}

TEST_CASE("a tmpfs with tmpcopyup starts with what was there") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/data/deep/file", "kept", 0640);
  REQUIRE(::chown(bundle.rootfs("/data/deep/file").c_str(), 12, 34) == 0);
  REQUIRE(::symlink("deep/file", bundle.rootfs("/data/link").c_str()) == 0);
  bundle.spec.mounts.push_back(mount("/data", "tmpfs", "tmpfs", {"tmpcopyup", "ro"}));
  Outcome outcome = bundle.run("cat /data/link; echo; stat -c '%u %g %a' /data/deep/file; touch /data/new");
  CHECK(outcome.says("kept\n12 34 640\n"));
  CHECK(outcome.says("Read-only file system"));
}

TEST_CASE("a bind shows a folder or a file of the host, relative to the bundle too") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("shared/file", "from the host");
  bundle.spec.mounts.push_back(mount("/in/folder", "bind", "shared", {"rbind", "ro"}));
  bundle.spec.mounts.push_back(mount("/in/file", "", bundle.path("shared/file"), {"bind"}));
  Outcome outcome = bundle.run("cat /in/folder/file /in/file; echo more >>/in/file; touch /in/folder/x");
  CAPTURE(outcome.output);
  CHECK(outcome.says("from the hostfrom the host"));
  CHECK(outcome.says("Read-only file system"));
  CHECK(bundle.read("shared/file") == "from the hostmore\n");
}

TEST_CASE("a bind is read-only with what is mounted below it only with rro") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("outer/mark", "");
  bundle.write("outer/inner/mark", "");
  REQUIRE(sys::mount("tmpfs", bundle.path("outer/inner"), "tmpfs", 0, "").ok());
  Defer unmount([&] { ignore(sys::umount(bundle.path("outer/inner"), 0)); });
  bundle.spec.mounts.push_back(mount("/b", "bind", bundle.path("outer"), {"rbind", "ro"}));
  CHECK(bundle.run("touch /b/x; touch /b/inner/x && echo written").output ==
        "touch: /b/x: Read-only file system\nwritten\n");
  bundle.spec.mounts.back().options = {"rbind", "rro"};
  CHECK(bundle.run("touch /b/inner/y && echo written").says("Read-only file system"));
  bundle.spec.mounts.back().options = {"bind"};
  CHECK(bundle.run("ls /b/inner").output == "mark\n");
}

TEST_CASE("mount flags are on the mount") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.mounts.push_back(
      mount("/m", "tmpfs", "x", {"nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow"}));
  Outcome outcome = bundle.run("grep ' /m ' /proc/self/mountinfo");
  for (const char* flag : {"nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow"}) {
    CAPTURE(flag);
    CHECK(outcome.says(flag));
  }
}

TEST_CASE("a remount changes the flags of what is there") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.mounts.push_back(mount("/m", "tmpfs", "x", {}));
  bundle.spec.mounts.push_back(mount("/m", "", "", {"remount", "bind", "ro"}));
  CHECK(bundle.run("touch /m/x").says("Read-only file system"));
}

TEST_CASE("propagation is what the options say") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.mounts.push_back(mount("/shared", "tmpfs", "x", {"shared"}));
  bundle.spec.mounts.push_back(mount("/private", "tmpfs", "x", {"private"}));
  bundle.spec.mounts.push_back(mount("/unbindable", "tmpfs", "x", {"unbindable"}));
  Outcome outcome = bundle.run("cat /proc/self/mountinfo | grep -E ' /(shared|private|unbindable) '");
  CAPTURE(outcome.output);
  CHECK(outcome.says("shared:"));
  CHECK(outcome.says("unbindable"));
}

TEST_CASE("with shared root propagation, what is mounted on a shared bind inside is seen outside") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("outer/point/mark", "");
  REQUIRE(sys::mount("tmpfs", bundle.path("outer"), "tmpfs", 0, "").ok());
  Defer unmount([&] { REQUIRE(sys::umount(bundle.path("outer"), 2).ok()); });
  REQUIRE(sys::mount("", bundle.path("outer"), "", 1U << 20, "").ok());  // MS_SHARED
  bundle.write("outer/point/mark", "");
  bundle.part().rootfs_propagation = "rshared";
  bundle.spec.mounts.push_back(mount("/b", "bind", bundle.path("outer"), {"rbind", "rshared"}));
  auto& sets = *bundle.process().capabilities;
  sets.bounding = sets.effective = sets.permitted = {"CAP_SYS_ADMIN"};
  CHECK(bundle.run("mount -t tmpfs x /b/point && touch /b/point/new").exit_code == 0);
  CHECK(sys::exists(AT_FDCWD, bundle.path("outer/point/new")));
  bundle.part().rootfs_propagation = "";
  bundle.spec.mounts.back().options = {"rbind", "rslave"};
  CHECK(bundle.run("umount /b/point; mount -t tmpfs x /b/point && touch /b/point/second").exit_code == 0);
  CHECK_FALSE(sys::exists(AT_FDCWD, bundle.path("outer/point/second")));
}

TEST_CASE("a masked path is empty and a read-only path cannot be written") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/secret/file", "hidden");
  bundle.write("rootfs/secret-file", "hidden");
  bundle.write("rootfs/fixed/file", "fixed");
  bundle.part().masked_paths = {"/secret", "/secret-file", "/not/there", "/proc/kcore", "/secret"};
  bundle.part().readonly_paths = {"/fixed", "/proc/sys"};
  Outcome outcome = bundle.run(
      "ls -a /secret; cat /secret-file; touch /secret/x; cat /fixed/file; echo; touch /fixed/x;"
      "echo x >/proc/sys/kernel/hostname; cat /proc/kcore; grep -c ' /secret ' /proc/self/mountinfo");
  CAPTURE(outcome.output);
  CHECK_FALSE(outcome.says("hidden"));
  CHECK(outcome.says("touch: /secret/x: Read-only file system"));
  CHECK(outcome.says("fixed\n"));
  CHECK(outcome.says("touch: /fixed/x: Read-only file system"));
  CHECK(outcome.says("can't create /proc/sys/kernel/hostname: Read-only file system"));
  CHECK(outcome.output.ends_with("\n1\n"));  // covered once, though named twice
}

TEST_CASE("the default devices and links are there and work") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Outcome outcome = bundle.run(
      "for d in null zero full random urandom tty; do stat -c '%n %F %t:%T %a' /dev/$d; done;"
      "for l in stdin stdout stderr ptmx; do readlink /dev/$l; done; head -c3 /dev/zero | od -An -tx1; echo x "
      ">/dev/null");
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.says("/dev/null character special file 1:3 666"));
  CHECK(outcome.says("/dev/tty character special file 5:0 666"));
  CHECK(outcome.says("/proc/self/fd/2\npts/ptmx\n 00 00 00\n"));
}

TEST_CASE("devices of the spec are made, in the place of a default too") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  oci::Device device;
  device.type = "c";
  device.path = "/dev/net/own";
  device.major = 1;
  device.minor = 5;
  device.file_mode = 0640;
  device.uid = 7;
  device.gid = 8;
  oci::Device pipe;
  pipe.type = "p";
  pipe.path = "/dev/pipe";
  oci::Device null = device;
  null.path = "/dev/null";
  null.minor = 3;
  bundle.part().devices = {device, pipe, null};
  Outcome outcome = bundle.run("stat -c '%F %t:%T %a %u %g' /dev/net/own /dev/null; stat -c %F /dev/pipe");
  CHECK(outcome.output == "character special file 1:5 640 7 8\ncharacter special file 1:3 640 7 8\nfifo\n");
}

TEST_CASE("a device where the image has something else is an error") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::erase_if(bundle.spec.mounts, [](const auto& m) { return m.destination.starts_with("/dev"); });
  bundle.write("rootfs/dev/null", "a file");
  Outcome outcome = bundle.run("true");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/dev/null"));
}

TEST_CASE("names, sysctls and namespaces are the container's own") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.hostname = "inside";
  bundle.spec.domainname = "example.test";
  bundle.part().sysctl = {{"net.ipv4.ip_forward", "1"}, {"kernel.msgmax", "9999"}};
  Outcome outcome = bundle.run(
      "hostname; cat /proc/sys/kernel/domainname /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax; echo $$;"
      "cat /proc/self/cgroup | cut -d: -f3 | sort -u; ls /sys/class/net");
  CHECK(outcome.output.starts_with("inside\nexample.test\n1\n9999\n1\n/\n"));
  CHECK(outcome.says("lo"));
}

TEST_CASE("a sysctl of the machine is refused, by name") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().sysctl = {{"vm.swappiness", "1"}};
  CHECK(bundle.run("true").says("/linux/sysctl/vm.swappiness"));
}

TEST_CASE("the container sees its own cgroup as the whole hierarchy") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().resources.emplace().pids.emplace().limit = 37;
  Outcome outcome = bundle.run("find /sys/fs/cgroup -name pids.max -maxdepth 2 | xargs cat; touch /sys/fs/cgroup/x");
  CAPTURE(outcome.output);
  CHECK(outcome.says("37\n"));
  CHECK(outcome.says("Read-only file system"));
}

TEST_CASE("in a user namespace root is somebody else outside, and devices are the host's") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  REQUIRE(aictr::sys::chown(AT_FDCWD, bundle.rootfs(), 100000, 100000).ok());
  bundle.part().namespaces.push_back({"user", ""});
  bundle.part().uid_mappings = {{0, 100000, 65536}};
  bundle.part().gid_mappings = {{0, 100000, 65536}};
  bundle.write("private/file", "for root alone", 0600);
  REQUIRE(::chmod(bundle.path("private").c_str(), 0700) == 0);
  bundle.spec.mounts.push_back(mount("/private", "bind", bundle.path("private/file"), {"bind", "ro"}));
  Outcome outcome =
      bundle.run("id -u; cat /proc/self/uid_map; touch /made; cat /private; echo x >/dev/null && echo ok");
  CAPTURE(outcome.output);
  CHECK(outcome.says("0\n         0     100000      65536"));
  CHECK(outcome.says("cat: can't open '/private': Permission denied"));
  CHECK(outcome.output.ends_with("ok\n"));
  CHECK(sys::stat(AT_FDCWD, bundle.rootfs("/made")).value().st_uid == 100000);
}

TEST_CASE("an idmapped bind shows other owners") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("data/file", "");
  REQUIRE(::chown(bundle.path("data/file").c_str(), 1000, 1000) == 0);
  oci::Mount m = mount("/data", "bind", "data", {"bind"});
  m.uid_mappings = {{1000, 5000, 1}};
  m.gid_mappings = {{1000, 6000, 1}};
  bundle.spec.mounts.push_back(m);
  CHECK(bundle.run("stat -c '%u %g' /data/file").output == "5000 6000\n");
}

TEST_CASE("namespaces of another process are joined by path") {
  NEEDS_BUNDLE();
  TestBundle first;
  TestBundle second;
  first.spec.hostname = "shared-name";
  first.process().args = {"sleep", "30"};
  REQUIRE(first.create().exit_code == 0);
  std::string state = first.runtime({"state", first.id()}).output;
  std::string pid = state.substr(state.find("\"pid\": ") + 7);
  pid.resize(pid.find(','));
  for (auto& ns : second.part().namespaces) {
    if (ns.type == "uts" || ns.type == "ipc" || ns.type == "pid") ns.path = "/proc/" + pid + "/ns/" + ns.type;
    if (ns.type == "network") ns.path = "/proc/" + pid + "/ns/net";
  }
  Outcome outcome = second.run("hostname; cat /proc/1/comm; echo $$");
  CAPTURE(outcome.output);
  CHECK(outcome.output.starts_with("shared-name\n"));
  CHECK_FALSE(outcome.says("\nsh\n"));
  for (auto& ns : second.part().namespaces) {
    if (ns.type == "uts") ns.path = "/proc/" + pid + "/ns/net";
  }
  CHECK(second.run("true").says("is no uts namespace"));
}

TEST_CASE("a time namespace has its offsets") {
  NEEDS_BUNDLE();
  if (::access("/proc/self/ns/time", F_OK) != 0) SKIP("needs time namespaces (Linux 5.6)");
  TestBundle bundle;
  bundle.part().namespaces.push_back({"time", ""});
  bundle.part().time_offsets["boottime"].secs = 100'000'000;
  std::string uptime = bundle.run("cut -d. -f1 /proc/uptime").output;
  CHECK(std::stoll(uptime) > 100'000'000);
}

TEST_CASE("a mount that cannot be made names its place in the spec") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.mounts.push_back(mount("/m", "nonsense", "x", {}));
  Outcome outcome = bundle.run("true");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/mounts/6: mount on '/m'"));
  bundle.spec.mounts.back() = mount("/m", "bind", "/not/there", {"bind"});
  CHECK(bundle.run("true").says("/not/there"));
}
