#include "runtime/spec_check.h"

#include <functional>

#include <doctest/doctest.h>

#include "oci/default_spec.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

oci::Spec good_spec() {
  oci::Spec spec = oci::default_spec();
  spec.process->args = {"true"};
  return spec;
}

std::string refusal(const std::function<void(oci::Spec&)>& spoil) {
  oci::Spec spec = good_spec();
  spoil(spec);
  auto checked = check_spec(spec);
  REQUIRE_FALSE(checked.ok());
  return checked.error().message;
}

bool starts(const std::string& text, std::string_view with) {
  INFO(text);
  return text.starts_with(with);
}

}  // namespace

TEST_CASE("the default spec with a command is good") {
  CHECK(check_spec(good_spec()).ok());
}

TEST_CASE("each thing that makes no sense is refused with its place in the spec") {
  using S = oci::Spec;
  CHECK(starts(refusal([](S& s) { s.oci_version = "2.0.0"; }), "/ociVersion"));
  CHECK(starts(refusal([](S& s) { s.oci_version = ""; }), "/ociVersion"));
  CHECK(starts(refusal([](S& s) { s.process->args.clear(); }), "/process/args"));
  CHECK(starts(refusal([](S& s) { s.process->cwd = "here"; }), "/process/cwd"));
  for (const char* version : {"1.0", "1.x.0", "1.0.0.0", "1.0.", "1.0.0x"}) {
    CAPTURE(version);
    CHECK(starts(refusal([&](S& s) { s.oci_version = version; }), "/ociVersion"));
  }
  CHECK(starts(refusal([](S& s) { s.annotations[""] = "x"; }), "/annotations"));
  CHECK(starts(refusal([](S& s) { s.process->env = {"A=b", "HOME"}; }), "/process/env/1"));
  CHECK(starts(refusal([](S& s) { s.process->env = {"=b"}; }), "/process/env/0"));
  CHECK(starts(refusal([](S& s) { s.linux_part->masked_paths = {"/a", "b"}; }), "/linux/maskedPaths/1"));
  CHECK(starts(refusal([](S& s) { s.linux_part->readonly_paths = {"b"}; }), "/linux/readonlyPaths/0"));
  CHECK(starts(refusal([](S& s) { s.linux_part->namespaces.push_back({"uts", "self"}); }), "/linux/namespaces/"));
  CHECK(starts(refusal([](S& s) { s.linux_part->seccomp.emplace().listener_metadata = "m"; }),
               "/linux/seccomp/listenerMetadata"));
  CHECK(starts(refusal([](S& s) { s.linux_part->seccomp.emplace().syscalls.emplace_back(); }),
               "/linux/seccomp/syscalls/0/names"));
  CHECK(starts(refusal([](S& s) {
                 s.linux_part->namespaces = {{"mount", "/x"}, {"user", "/y"}};
               }),
               "/linux/namespaces"));
  CHECK(starts(refusal([](S& s) {
                 s.hostname = "h";
                 std::erase_if(s.linux_part->namespaces, [](auto& ns) { return ns.type == "uts"; });
               }),
               "/hostname"));
  CHECK(starts(refusal([](S& s) { s.linux_part->namespaces.push_back({"user", ""}); }), "/linux/uidMappings"));
  CHECK(starts(refusal([](S& s) { s.linux_part->uid_mappings = {{0, 0, 1}}; }), "/linux/uidMappings"));
  CHECK(starts(refusal([](S& s) { s.linux_part->time_offsets["boottime"]; }), "/linux/timeOffsets"));
  CHECK(starts(refusal([](S& s) { s.linux_part->net_devices["a/b"]; }), "/linux/netDevices/a/b"));
  CHECK(starts(refusal([](S& s) { s.linux_part->net_devices["eth0"].name = "a-name-too-long-for-it"; }),
               "/linux/netDevices/eth0"));
  CHECK(starts(refusal([](S& s) {
                 s.linux_part->net_devices["a"].name = "b";
                 s.linux_part->net_devices["b"];
               }),
               "/linux/netDevices/b: a second"));
  CHECK(starts(refusal([](S& s) {
                 s.linux_part->net_devices["eth0"];
                 std::erase_if(s.linux_part->namespaces, [](auto& ns) { return ns.type == "network"; });
               }),
               "/linux/netDevices needs"));
  CHECK(starts(refusal([](S& s) { s.linux_part->rootfs_propagation = "odd"; }), "/linux/rootfsPropagation"));
  CHECK(starts(refusal([](S& s) { s.hooks.emplace().poststop.emplace_back().path = "relative"; }),
               "/hooks/poststop/0/path"));
  CHECK(starts(refusal([](S& s) { s.hooks.emplace().prestart = {{"/x", {}, {}, 0}}; }), "/hooks/prestart/0/timeout"));
}

TEST_CASE("a container without a process can be created") {
  oci::Spec spec = good_spec();
  spec.process.reset();
  CHECK(check_spec(spec).ok());
}

TEST_CASE("versions as semver.org writes them are taken") {
  for (const char* version : {"1.0.0", "1.0.2-dev", "1.3.0", "1.12.34-rc.1+build.5", "1.0.0+x"}) {
    CAPTURE(version);
    oci::Spec spec = good_spec();
    spec.oci_version = version;
    CHECK(check_spec(spec).ok());
  }
}
