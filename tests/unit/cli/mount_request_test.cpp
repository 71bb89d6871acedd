// What -v, --mount and --tmpfs mean, and what they do not; nothing is looked at or mounted.

#include "cli/mount_request.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "cli/run_mounts.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

using Words = std::vector<std::string>;

bool has(const Words& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

ContainerMount volume_flag(std::string_view text) {
  return parse_volume(text, "/here").value().mount;
}

ContainerMount mount_flag(std::string_view text) {
  return parse_mount(text, "/here").value().mount;
}

}  // namespace

TEST_CASE("-v of a path is a recursive private bind, read-only all the way down with ro") {
  auto mount = volume_flag("/data:/mnt:ro");
  CHECK(mount.kind == "bind");
  CHECK(mount.source == "/data");
  CHECK(mount.destination == "/mnt");
  CHECK(mount.options == Words{"rbind", "rro", "rprivate"});
  CHECK(mount.read_only());
  CHECK(volume_flag("./data:/mnt").source == "/here/./data");
  CHECK(volume_flag("data/sub:/mnt").source == "/here/data/sub");
  CHECK(volume_flag("/data:/mnt:rslave,z").options == Words{"rbind", "rslave"});
  CHECK(volume_flag("/data:/mnt:bind").options == Words{"bind", "rprivate"});
  CHECK(volume_flag("/data:/a/../b//c/").destination == "/b/c");
}

TEST_CASE("-v of a name is a volume that takes what the image has, unless nocopy") {
  auto mount = volume_flag("models:/data:ro");
  CHECK(mount.kind == "volume");
  CHECK(mount.volume == "models");
  CHECK(mount.fill);
  CHECK(mount.read_only());
  CHECK_FALSE(volume_flag("models:/data:nocopy").fill);
  auto anonymous = volume_flag("/data");
  CHECK(anonymous.kind == "volume");
  CHECK(anonymous.volume.empty());
  CHECK(anonymous.destination == "/data");
}

TEST_CASE("-v refuses what has no meaning") {
  for (const char* bad : {"", ":", "/a:", "/a:b", "/a:/", ":/b", "/a:/b:what", "/a:/b:ro:rw", "a:/b", "na me:/b",
                          "/a:/b:nocopy", "name", "/", "/a:/..", "/a:/b:idmap=uids=1-2", "/a:/b:idmap=ids=0-0-1"}) {
    CAPTURE(bad);
    CHECK(parse_volume(bad, "/here").error().kind == Kind::usage);
  }
}

TEST_CASE("U and idmap are about ids") {
  CHECK(volume_flag("/a:/b:U").chown);
  CHECK(has(volume_flag("/a:/b:idmap").options, "idmap"));
  auto mapped = volume_flag("/a:/b:idmap=uids=0-1000-1#1-2000-5;gids=0-100-1");
  REQUIRE(mapped.uid_mappings.size() == 2);
  CHECK(mapped.uid_mappings[1].container_id == 1);
  CHECK(mapped.uid_mappings[1].host_id == 2000);
  CHECK(mapped.uid_mappings[1].size == 5);
  CHECK(mapped.gid_mappings[0].host_id == 100);
  auto both = volume_flag("/a:/b:idmap=uids=0-1000-1");
  CHECK(both.gid_mappings.size() == 1);  // the groups as the users
}

TEST_CASE("--mount is of type volume unless told otherwise, as with Docker") {
  auto volume = parse_mount("source=models,target=/data,volume-label=a=b,volume-opt=type=tmpfs", "/").value();
  CHECK(volume.mount.kind == "volume");
  CHECK(volume.mount.volume == "models");
  CHECK(volume.volume_labels.at("a") == "b");
  CHECK(volume.volume_options.at("type") == "tmpfs");
  CHECK(mount_flag("target=/data").volume.empty());
  CHECK_FALSE(mount_flag("target=/data,volume-nocopy").fill);
  CHECK(mount_flag("target=/data,volume-nocopy=false").fill);
}

TEST_CASE("--mount knows bind and tmpfs") {
  auto bound = mount_flag("type=bind,src=/a,dst=/b,readonly");
  CHECK(bound.kind == "bind");
  CHECK(has(bound.options, "rro"));
  CHECK_FALSE(has(mount_flag("type=bind,src=/a,dst=/b,readonly=false").options, "rro"));
  CHECK(has(mount_flag("type=bind,src=/a,dst=/b,rw=false").options, "rro"));
  CHECK(mount_flag("type=bind,src=/a,dst=/b,bind-nonrecursive").options == Words{"bind", "rprivate"});
  CHECK(mount_flag("type=bind,src=/a,dst=/b,bind-recursive=disabled").options == Words{"bind", "rprivate"});
  CHECK(mount_flag("type=bind,src=/a,dst=/b,bind-propagation=rslave").options == Words{"rbind", "rslave"});
  auto memory = mount_flag("type=tmpfs,target=/scratch,tmpfs-size=1m,tmpfs-mode=1777,ro");
  CHECK(memory.kind == "tmpfs");
  CHECK(has(memory.options, "size=1048576"));
  CHECK(has(memory.options, "mode=1777"));
  CHECK(memory.read_only());
  for (const char* bad : {"type=bind,dst=/b", "type=bind,src=/a", "type=bind,src=/a,dst=b",
                          "type=tmpfs,target=/a,tmpfs-size=x", "type=tmpfs,target=/a,tmpfs-mode=9", "colour=red,dst=/b",
                          "type=bind,src=/a,dst=/b,bind-propagation=up", "type=bind,src=/a,dst=/b,readonly=maybe",
                          "type=tmpfs,src=/a,dst=/b", "type=bind,src=/a,dst=/b,volume-opt=type=x", "src=../x,dst=/b",
                          "type=volume,dst=/b,tmpfs-size=1m", "dst=/b,volume-opt==x"}) {
    CAPTURE(bad);
    CHECK(parse_mount(bad, "/").error().kind == Kind::usage);
  }
  CHECK(parse_mount("type=npipe,src=a,dst=/b", "/").error().kind == Kind::unsupported);
  CHECK(parse_mount("dst=/b,volume-driver=nfs", "/").error().kind == Kind::unsupported);
}

TEST_CASE("a quoted word of --mount may hold commas") {
  auto request = parse_mount("target=/data,\"volume-opt=o=size=1m,mode=700\",volume-opt=device=tmpfs", "/").value();
  CHECK(request.volume_options.at("o") == "size=1m,mode=700");
  CHECK(request.volume_options.at("device") == "tmpfs");
}

TEST_CASE("--tmpfs begins with Docker's options and takes more") {
  auto options = [](std::string_view text) { return parse_tmpfs(text).value().mount.options; };
  CHECK(options("/t") == Words{"nosuid", "nodev", "noexec"});
  CHECK(options("/t:exec,size=64k") == Words{"nosuid", "nodev", "size=64k"});
  CHECK_FALSE(parse_tmpfs("t").ok());
}

TEST_CASE("two mounts on one place are refused") {
  RunFlags flags;
  flags.volume = {"/etc:/data"};
  flags.tmpfs = {"/data/"};
  CHECK(requested_mounts(flags, "/").error().message == "two mounts for '/data'");
  flags.tmpfs = {"/data2"};
  CHECK(requested_mounts(flags, "/").ok());
}

TEST_CASE("a mount comes after the one that it lies below, and in place of the spec's own") {
  oci::Spec spec;
  spec.mounts.push_back({"/dev/shm", "tmpfs", "shm", {}, {}, {}});
  add_mounts(spec, {volume_flag("/x:/a/b"), volume_flag("/y:/a"), mount_flag("type=tmpfs,dst=/dev/shm")});
  REQUIRE(spec.mounts.size() == 3);
  CHECK(spec.mounts[0].destination == "/a");
  CHECK(spec.mounts[1].destination == "/a/b");
  CHECK(spec.mounts[1].type == "bind");
  CHECK(spec.mounts[2].source == "tmpfs");
}
