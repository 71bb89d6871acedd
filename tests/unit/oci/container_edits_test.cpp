#include "oci/container_edits.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

namespace {

Spec base() {
  Spec spec;
  spec.process.emplace().env = {"PATH=/bin", "A=old"};
  spec.linux_part.emplace();
  for (const char* path : {"/proc", "/dev", "/dev/pts", "/data"}) spec.mounts.push_back({path, "x", "", {}, {}, {}});
  return spec;
}

DeviceNodeEdit node(const std::string& path) {
  DeviceNodeEdit edit;
  edit.path = path;
  edit.type = "c";
  edit.major = 195;
  edit.minor = 1;
  return edit;
}

}  // namespace

TEST_CASE("a variable of the same name is replaced, others are added") {
  Spec spec = base();
  ContainerEdits edits;
  edits.env = {"A=new", "B=1"};
  apply_edits(spec, edits);
  CHECK(spec.process->env == std::vector<std::string>{"PATH=/bin", "A=new", "B=1"});
}

TEST_CASE("a device node comes with the rule that lets the container use it") {
  Spec spec = base();
  ContainerEdits edits;
  edits.device_nodes = {node("/dev/x")};
  edits.device_nodes[0].permissions = "rw";
  edits.device_nodes.push_back(node("/dev/none"));
  edits.device_nodes[1].permissions = "none";
  apply_edits(spec, edits);
  apply_edits(spec, edits);
  REQUIRE(spec.linux_part->devices.size() == 2);
  CHECK(spec.linux_part->devices[0].path == "/dev/x");
  CHECK(spec.linux_part->devices[0].major == 195);
  CHECK_FALSE(spec.linux_part->devices[0].uid.has_value());
  const auto& rules = spec.linux_part->resources->devices;
  REQUIRE(rules.size() == 2);  // one for each time; none for /dev/none
  CHECK(rules[0].allow);
  CHECK(rules[0].access == "rw");
  CHECK(rules[0].minor == 1);
}

TEST_CASE("a node without an owner belongs to the user of the process") {
  Spec spec = base();
  spec.process->user.uid = 1000;
  spec.process->user.gid = 100;
  ContainerEdits edits;
  edits.device_nodes = {node("/dev/x"), node("/dev/y")};
  edits.device_nodes[1].uid = 0;
  apply_edits(spec, edits);
  CHECK(spec.linux_part->devices[0].uid == 1000);
  CHECK(spec.linux_part->devices[0].gid == 100);
  CHECK(spec.linux_part->devices[1].uid == 0);
  CHECK(spec.linux_part->resources->devices[0].access == "rwm");
}

TEST_CASE("mounts replace those of the same destination and come in the order of their depth") {
  Spec spec = base();
  ContainerEdits edits;
  edits.mounts = {
      {"/h/lib", "/usr/lib/x", "", {"ro"}}, {"/h/data", "/data", "bind", {"rbind"}}, {"/h", "/top", "", {}}};
  apply_edits(spec, edits);
  std::vector<std::string> order;
  for (const Mount& mount : spec.mounts) order.push_back(mount.destination);
  CHECK(order == std::vector<std::string>{"/proc", "/dev", "/data", "/top", "/dev/pts", "/usr/lib/x"});
  CHECK(spec.mounts[2].source == "/h/data");
  CHECK(spec.mounts[3].options == std::vector<std::string>{"rbind"});
  CHECK(spec.mounts[5].options == std::vector<std::string>{"ro"});
}

TEST_CASE("hooks and groups are appended, and group 0 is not") {
  Spec spec = base();
  spec.process->user.additional_gids = {44};
  ContainerEdits edits;
  edits.hooks = {{"createContainer", {"/a", {}, {}, {}}},
                 {"poststop", {"/b", {}, {}, {}}},
                 {"createContainer", {"/c", {}, {}, {}}}};
  edits.additional_gids = {0, 44, 45};
  apply_edits(spec, edits);
  REQUIRE(spec.hooks->create_container.size() == 2);
  CHECK(spec.hooks->create_container[1].path == "/c");
  CHECK(spec.hooks->poststop.at(0).path == "/b");
  CHECK(spec.process->user.additional_gids == std::vector<gid_t>{44, 45});
}

TEST_CASE("interfaces and resctrl become the spec's") {
  Spec spec = base();
  ContainerEdits edits;
  edits.net_devices = {{"eth0", "net1"}};
  edits.intel_rdt.emplace().clos_id = "c";
  apply_edits(spec, edits);
  CHECK(spec.linux_part->net_devices.at("eth0").name == "net1");
  CHECK(spec.linux_part->intel_rdt->clos_id == "c");
}

TEST_CASE("edits that follow others are appended to them") {
  ContainerEdits first;
  CHECK(first.empty());
  first.env = {"A=1"};
  ContainerEdits second;
  second.env = {"B=1"};
  second.additional_gids = {1};
  CHECK_FALSE(second.empty());
  first.append(second);
  CHECK(first.env.size() == 2);
  CHECK(first.additional_gids.size() == 1);
}

TEST_CASE("what is missing of a node comes from the host's") {
  FindNode find = [](const std::string& path) -> Result<HostNode> {
    if (path == "/dev/gone") return make_error(Kind::not_found, "no '/dev/gone'");
    if (path == "/dev/link") return HostNode{};
    return HostNode{path == "/dev/disk" ? "b" : "c", 5, 7};
  };
  auto fill = [&](const std::string& path, const std::string& type, std::int64_t major) -> Result<DeviceNodeEdit> {
    ContainerEdits edits;
    edits.device_nodes = {node("/dev/inside")};
    edits.device_nodes[0].host_path = path;
    edits.device_nodes[0].type = type;
    edits.device_nodes[0].major = major;
    edits.device_nodes[0].minor = major;
    TRY(fill_in_devices(edits, find));
    return edits.device_nodes[0];
  };
  CHECK(fill("/dev/char", "", 0).value().type == "c");
  CHECK(fill("/dev/char", "", 0).value().minor == 7);
  CHECK(fill("/dev/char", "", 9).value().major == 9);
  CHECK(fill("/dev/gone", "c", 9).ok());
  CHECK(fill("/dev/gone", "p", 0).ok());
  CHECK(fill("/dev/gone", "", 0).error().message == "no '/dev/gone'");
  CHECK(fill("/dev/link", "", 0).error().message == "'/dev/link' is not a device node");
  CHECK(fill("/dev/disk", "c", 0).error().message == "'/dev/disk' is a device of type b, not c");
  ContainerEdits same_path;
  same_path.device_nodes.emplace_back().path = "/dev/disk";
  REQUIRE(fill_in_devices(same_path, find).ok());
  CHECK(same_path.device_nodes[0].type == "b");
}
