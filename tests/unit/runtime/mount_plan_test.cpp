#include "runtime/mount_plan.h"

#include <linux/mount.h>

#include <algorithm>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::runtime;

namespace {

oci::Mount mount(const std::string& destination, const std::string& type, const std::string& source,
                 std::vector<std::string> options = {}) {
  oci::Mount m;
  m.destination = destination;
  m.type = type;
  m.source = source;
  m.options = std::move(options);
  return m;
}

MountOp plan(const oci::Mount& m, const IdMaps& container = {}) {
  auto planned = plan_mounts({m}, "/bundle", container);
  REQUIRE_MESSAGE(planned.ok(), planned.error().message);
  return planned.value()[0];
}

std::string refusal(const oci::Mount& m) {
  auto planned = plan_mounts({m}, "/bundle", {});
  REQUIRE_FALSE(planned.ok());
  return planned.error().message;
}

MountOptions options(const std::vector<std::string>& words) {
  auto parsed = parse_mount_options(words);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  return parsed.value();
}

// "Linux mount options" of config.md, runtime specification 1.3.
const char* const kSpecified[] = {
    "async",       "atime",     "bind",        "defaults",       "dev",     "diratime",     "dirsync",  "exec",
    "lazytime",    "loud",      "mand",        "noatime",        "nodev",   "nodiratime",   "noexec",   "noiversion",
    "nolazytime",  "nomand",    "norelatime",  "nostrictatime",  "nosuid",  "nosymfollow",  "private",  "ratime",
    "rbind",       "rdev",      "rdiratime",   "relatime",       "remount", "rexec",        "rnoatime", "rnodev",
    "rnodiratime", "rnoexec",   "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro",       "rprivate",
    "rrelatime",   "rro",       "rrw",         "rshared",        "rslave",  "rstrictatime", "rsuid",    "rsymfollow",
    "runbindable", "rw",        "shared",      "silent",         "slave",   "strictatime",  "suid",     "symfollow",
    "sync",        "tmpcopyup", "unbindable",  "idmap",          "ridmap",
};

}  // namespace

TEST_CASE("every mount option of the specification is known") {
  auto known = known_mount_options();
  CHECK(std::ranges::is_sorted(known));
  for (const char* word : kSpecified) {
    CAPTURE(word);
    CHECK(std::ranges::find(known, word) != known.end());
    CHECK(parse_mount_options({word}).ok());
  }
}

TEST_CASE("what no table knows goes to the file system, and what is known does not") {
  CHECK(options({"mode=755", "size=64k", "newinstance"}).file_system ==
        std::vector<std::string>{"mode=755", "size=64k", "newinstance"});
  CHECK(options({"sync", "lazytime"}).file_system == std::vector<std::string>{"sync", "lazytime"});
  CHECK(options({"rw", "nosuid", "defaults", "silent", "bind", "rslave"}).file_system.empty());
}

TEST_CASE("an option that the kernel's interface has no place for is refused, not lost") {
  CHECK(parse_mount_options({"iversion"}).error().kind == Kind::unsupported);
}

TEST_CASE("of two words that contradict each other the later wins") {
  CHECK(options({"ro", "rw"}).attributes.set == 0);
  CHECK((options({"ro", "rw"}).attributes.clear & MOUNT_ATTR_RDONLY) != 0);
  CHECK(options({"rw", "ro"}).attributes.set == MOUNT_ATTR_RDONLY);
  CHECK(options({"rw", "ro"}).attributes.clear == 0);
  CHECK(options({"noexec", "exec", "noexec"}).attributes.set == MOUNT_ATTR_NOEXEC);
}

TEST_CASE("access time is one setting of several values") {
  MountOptions parsed = options({"noatime"});
  CHECK(parsed.attributes.set == MOUNT_ATTR_NOATIME);
  CHECK(parsed.attributes.clear == MOUNT_ATTR__ATIME);
  parsed = options({"noatime", "strictatime"});
  CHECK(parsed.attributes.set == MOUNT_ATTR_STRICTATIME);
  CHECK(parsed.attributes.clear == MOUNT_ATTR__ATIME);
  parsed = options({"strictatime", "relatime"});
  CHECK(parsed.attributes.set == 0);
  CHECK(parsed.attributes.clear == MOUNT_ATTR__ATIME);
}

TEST_CASE("a word with an r in front is for everything below too") {
  MountOptions parsed = options({"rro", "rnosuid", "nodev"});
  CHECK(parsed.recursive_attributes.set == (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID));
  CHECK(parsed.attributes.set == MOUNT_ATTR_NODEV);
  CHECK(options({"rrelatime"}).recursive_attributes.clear == MOUNT_ATTR__ATIME);
  CHECK(options({"relatime"}).recursive_attributes.empty());
}

TEST_CASE("propagation keeps its order") {
  MountOptions parsed = options({"rslave", "shared"});
  REQUIRE(parsed.propagation.size() == 2);
  CHECK(parsed.propagation[0].type == MS_SLAVE);
  CHECK(parsed.propagation[0].recursive);
  CHECK(parsed.propagation[1].type == MS_SHARED);
  CHECK_FALSE(parsed.propagation[1].recursive);
  CHECK_FALSE(parse_propagation("rubbish"));
}

TEST_CASE("a bind is known by its options or its type, and its source starts at the bundle") {
  CHECK(plan(mount("/a", "none", "/src", {"bind"})).what == MountOp::What::bind);
  CHECK(plan(mount("/a", "", "/src", {"rbind"})).options.bind == MountOptions::Bind::with_submounts);
  CHECK(plan(mount("/a", "bind", "/src")).options.bind == MountOptions::Bind::with_submounts);
  CHECK(plan(mount("/a", "none", "src", {"bind"})).source == "/bundle/src");
  CHECK(plan(mount("/a", "tmpfs", "tmpfs")).what == MountOp::What::file_system);
  CHECK(plan(mount("/a", "cgroup2", "cgroup")).what == MountOp::What::cgroup);
  CHECK(plan(mount("/a", "", "", {"remount", "bind", "ro"})).what == MountOp::What::remount);
}

TEST_CASE("destinations are absolute and clean") {
  CHECK(clean_container_path("/a//./b/../c/") == "/a/c");
  CHECK(clean_container_path("../../x") == "/x");
  CHECK(clean_container_path("/") == "/");
  CHECK(plan(mount("relative", "tmpfs", "x")).destination == "/relative");
}

TEST_CASE("a file system on a device is read-only itself, a virtual one only where it is mounted") {
  CHECK(plan(mount("/a", "ext4", "/dev/x", {"ro"})).options.file_system == std::vector<std::string>{"ro"});
  CHECK(plan(mount("/sys", "sysfs", "sysfs", {"ro"})).options.file_system.empty());
  CHECK(plan(mount("/a", "tmpfs", "x", {"ro"})).options.attributes.set == MOUNT_ATTR_RDONLY);
}

TEST_CASE("a mapped bind takes its own maps, or the container's for idmap") {
  IdMaps container{{{0, 1000, 10}}, {{0, 1000, 10}}};
  CHECK(plan(mount("/a", "none", "/s", {"bind", "idmap"}), container).id_maps.uids[0].host_id == 1000);
  CHECK(plan(mount("/a", "none", "/s", {"bind"}), container).id_maps.empty());
  oci::Mount own = mount("/a", "none", "/s", {"bind", "ridmap"});
  own.uid_mappings = own.gid_mappings = {{0, 7, 1}};
  CHECK(plan(own, container).id_maps.uids[0].host_id == 7);
  CHECK(plan(own, container).options.id_map == MountOptions::IdMap::with_submounts);
}

TEST_CASE("a mount that has no meaning is refused with its place in the spec") {
  CHECK(refusal(mount("", "tmpfs", "x")) == "/mounts/0/destination is empty");
  CHECK(refusal(mount("/a", "", "x")) == "/mounts/0/type is missing");
  CHECK(refusal(mount("/a", "bind", "")) == "/mounts/0/source is missing");
  CHECK(refusal(mount("/a", "none", "/s", {"bind", "idmap"})).find("'idmap' without uidMappings") != std::string::npos);
  CHECK(refusal(mount("/a", "proc", "x", {"tmpcopyup"})).find("/mounts/0/options") == 0);
  CHECK(refusal(mount("/a", "", "", {"remount", "size=1"})).find("'size=1'") != std::string::npos);
  oci::Mount half = mount("/a", "none", "/s", {"bind"});
  half.uid_mappings = {{0, 0, 1}};
  CHECK(refusal(half).find("/mounts/0/gidMappings is missing") == 0);
  CHECK(refusal(mount("/", "tmpfs", "x")).find("/mounts/0/destination") == 0);
}

TEST_CASE("/proc and /sys are for proc and sysfs") {
  CHECK(plan(mount("/proc", "proc", "proc")).what == MountOp::What::file_system);
  CHECK(refusal(mount("/proc", "tmpfs", "x")).find("which is for proc") != std::string::npos);
  CHECK(refusal(mount("/sys", "tmpfs", "x")).find("which is for sysfs") != std::string::npos);
  CHECK(refusal(mount("/a/../proc/self", "tmpfs", "x")).find("is inside /proc") != std::string::npos);
  CHECK(plan(mount("/proc/cpuinfo", "bind", "/lxcfs/cpuinfo")).what == MountOp::What::bind);
}

TEST_CASE("a label is for new file systems that are the container's alone") {
  auto labelled = [](const std::string& type, const std::string& source) {
    oci::Mount m;
    m.destination = type == "proc" ? "/proc" : "/a";
    m.type = type;
    m.source = source;
    auto planned = plan_mounts({m}, "/bundle", {}, "system_u:object_r:container_file_t:s0:c1,c2");
    REQUIRE(planned.ok());
    return planned.value()[0].label;
  };
  CHECK(labelled("tmpfs", "tmpfs") == "system_u:object_r:container_file_t:s0:c1,c2");
  CHECK(labelled("devpts", "devpts") == "system_u:object_r:container_file_t:s0:c1,c2");
  for (const char* type : {"proc", "sysfs", "mqueue", "cgroup", "bind"}) CHECK(labelled(type, "/source").empty());
}
