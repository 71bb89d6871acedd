#include "oci/cdi_spec.h"

#include <string>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::oci;

namespace {

std::string yaml_error(const std::string& text) {
  auto spec = parse_cdi_spec(text, CdiSyntax::yaml, "f.yaml", parse_yaml);
  return spec.ok() ? "" : spec.error().message;
}

std::string json_error(const std::string& text) {
  auto spec = parse_cdi_spec(text, CdiSyntax::json, "f.json", parse_yaml);
  return spec.ok() ? "" : spec.error().message;
}

// A spec whose only device has these edits (a flow mapping's inside) on line 5.
std::string edits_error(const std::string& edits, const std::string& version = "1.1.0") {
  return yaml_error("cdiVersion: " + version + "\nkind: v.com/c\ndevices:\n- name: d\n  containerEdits: {" + edits +
                    "}\n");
}

}  // namespace

TEST_CASE("a spec in YAML gives all that it says") {
  auto parsed = parse_cdi_spec(R"(
cdiVersion: "1.1.0"
kind: vendor.com/gpu.small
annotations: {"a.b/c": "x"}
containerEdits:
  env: [A=1]
devices:
- name: 0
  containerEdits:
    deviceNodes:
    - {path: /dev/a, hostPath: /dev/b, type: c, major: 195, minor: 3, fileMode: 0660, permissions: rw, uid: 1, gid: 2}
    mounts:
    - hostPath: /lib/x.so
      containerPath: /usr/lib/x.so
      options:
      - ro
      - nosuid
    hooks:
    - {hookName: createContainer, path: /bin/h, args: [h, --x], env: [K=V], timeout: 3}
    intelRdt: {closID: c1, schemata: ["L3:0=f"], enableMonitoring: true}
    additionalGids: [44, 45]
    netDevices: [{hostInterfaceName: eth0, name: net1}]
)",
                               CdiSyntax::yaml, "f.yaml", parse_yaml);
  REQUIRE_MESSAGE(parsed.ok(), parsed.error().message);
  const CdiSpec& spec = parsed.value();
  CHECK(spec.kind == "vendor.com/gpu.small");
  CHECK(spec.annotations.at("a.b/c") == "x");
  CHECK(spec.edits.env == std::vector<std::string>{"A=1"});
  REQUIRE(spec.find("0") != nullptr);
  CHECK(spec.find("1") == nullptr);
  const ContainerEdits& edits = spec.find("0")->edits;
  const DeviceNodeEdit& node = edits.device_nodes.at(0);
  CHECK(node.path == "/dev/a");
  CHECK(node.host_path == "/dev/b");
  CHECK(node.major == 195);
  CHECK(node.file_mode == 0660);
  CHECK(node.permissions == "rw");
  CHECK(node.gid == 2);
  CHECK(edits.mounts.at(0).options == std::vector<std::string>{"ro", "nosuid"});
  CHECK(edits.hooks.at(0).name == "createContainer");
  CHECK(edits.hooks.at(0).hook.timeout == 3);
  CHECK(edits.intel_rdt->schemata.size() == 1);
  CHECK(edits.additional_gids == std::vector<gid_t>{44, 45});
  CHECK(edits.net_devices.at(0).name == "net1");
  for (auto syntax : {CdiSyntax::yaml, CdiSyntax::json}) {
    std::string printed = print_cdi_spec(spec, syntax);
    auto again = parse_cdi_spec(printed, syntax, "f", parse_yaml);
    REQUIRE_MESSAGE(again.ok(), again.error().message << "\n" << printed);
    CHECK(print_cdi_spec(again.value(), syntax) == printed);
    CHECK(again.value().find("0")->edits.device_nodes.at(0).file_mode == 0660);
  }
  CHECK(minimum_cdi_version(spec) == "1.1.0");
}

TEST_CASE("an error of a spec names the file, the line and the key") {
  std::string good = "cdiVersion: 0.6.0\nkind: v.com/c\ndevices:\n- name: d\n  containerEdits:\n    env: [A=b]\n";
  CHECK(yaml_error(good).empty());
  CHECK(yaml_error(good + "  oops: 1\n") == "'f.yaml' line 7: /devices/0/oops is unknown");
  CHECK(yaml_error(good + "    mounts:\n    - containerPath: /x\n") ==
        "'f.yaml' line 8: /devices/0/containerEdits/mounts/0/hostPath is missing");
  CHECK(yaml_error(good + "kind: a/b\n") == "'f.yaml' line 2: /kind is there twice");
  CHECK(yaml_error(good + "- name: d\n  containerEdits: {env: [A=b]}\n") ==
        "'f.yaml' line 7: /devices/1/name 'd' is there twice");
  CHECK(yaml_error("a: [").starts_with("'f.yaml': not valid YAML at line 1, column "));
  CHECK(yaml_error("") == "'f.yaml': the file is empty");
  CHECK(yaml_error("- 1\n") == "'f.yaml' line 1: the document must be an object");
  std::string json = R"({
  "cdiVersion": "0.6.0",
  "kind": "v.com/c",
  "devices": [
    {"name": "d", "containerEdits": {"env": ["A=b"]}},
    {"name": "e",
     "containerEdits": {"env": ["A=\"{[,\\"],
       "deviceNodes": [{"path": "/dev/x"}, {
         "path": "/dev/y",
         "type": "z"}]}}
  ]
})";
  CHECK(json_error(json) == "'f.json' line 10: /devices/1/containerEdits/deviceNodes/1/type 'z' is none of b, c, u, p");
  CHECK(json_error("{\"a\\nb\": 1, \"cdiVersion\": \"1.0.0\", \"kind\": \"v/c\", \"devices\": []}") ==
        "'f.json' line 1: /a b is unknown");
  CHECK(json_error("{\n\"kind\": 1\n}") == "'f.json' line 1: /cdiVersion is missing");
  CHECK(json_error("{\n\"cdiVersion\": \"1.0.0\",\n\"kind\": 1\n}") == "'f.json' line 3: /kind must be a string");
  CHECK(json_error("{").starts_with("'f.json': not valid JSON: at line 1, column 2"));
}

TEST_CASE("edits that make no sense are refused") {
  auto refused = [](const std::string& edits, const std::string& reason) {
    CHECK(edits_error(edits) == "'f.yaml' line 5: /devices/0/containerEdits" + reason);
  };
  CHECK(edits_error("env: [A=]").empty());
  refused("", " is empty");
  refused("env: ['=b']", "/env/0 is not NAME=VALUE");
  refused("env: [b]", "/env/0 is not NAME=VALUE");
  refused("env: A=b", "/env must be an array");
  refused("deviceNodes: [{path: ''}]", "/deviceNodes/0/path is empty");
  refused("deviceNodes: [{path: /dev/x, major: -1}]", "/deviceNodes/0/major is negative");
  refused("deviceNodes: [{path: /dev/x, permissions: rx}]",
          "/deviceNodes/0/permissions 'rx' is neither of r, w, m nor none");
  CHECK(edits_error("deviceNodes: [{path: /dev/x, permissions: none}]").empty());
  refused("mounts: [{hostPath: /x, containerPath: ''}]", "/mounts/0/containerPath is empty");
  refused("hooks: [{hookName: later, path: /x}]", "/hooks/0/hookName 'later' is no hook");
  refused("hooks: [{hookName: prestart, path: /x, env: [a]}]", "/hooks/0/env/0 is not NAME=VALUE");
  refused("hooks: [{hookName: prestart}]", "/hooks/0/path is missing");
  refused("intelRdt: {closID: a/b}", "/intelRdt/closID is not the name of a directory");
  refused("intelRdt: {enableCMT: true}", "/intelRdt/enableCMT is unknown");
  refused("additionalGids: [-1]", "/additionalGids/0 must be between 0 and 4294967295");
  refused("netDevices: [{hostInterfaceName: a, name: x}, {hostInterfaceName: b, name: x}]",
          "/netDevices/1/name is there twice");
  refused("netDevices: [{hostInterfaceName: a, name: x}, {hostInterfaceName: a, name: y}]",
          "/netDevices/1/hostInterfaceName is there twice");
}

TEST_CASE("what a spec uses must be known to its version") {
  auto needs = [](const std::string& edits, const std::string& before, const std::string& version) {
    CHECK(edits_error(edits, version).empty());
    std::string error = edits_error(edits, before);
    CHECK_MESSAGE(error.ends_with("needs cdiVersion " + version + ", and the file says " + before), error);
  };
  needs("mounts: [{hostPath: /x, containerPath: /x, type: bind}]", "0.3.0", "0.4.0");
  needs("deviceNodes: [{path: /dev/x, hostPath: /dev/y}]", "0.4.0", "0.5.0");
  needs("additionalGids: [1]", "0.6.0", "0.7.0");
  needs("intelRdt: {closID: a}", "0.6.0", "0.7.0");
  needs("intelRdt: {schemata: [a]}", "1.0.0", "1.1.0");
  needs("netDevices: [{hostInterfaceName: a, name: x}]", "1.0.0", "1.1.0");
  CHECK(edits_error("env: [A=b]", "0.2.0").empty());
  CHECK(edits_error("env: [A=b]", "v0.3.0").empty());
  CHECK(edits_error("env: [A=b]", "1.2.0") ==
        "'f.yaml' line 1: /cdiVersion '1.2.0' is none of the versions 0.1.0 to 1.1.0");
  std::string rest = "\ndevices: [{name: 1a, annotations: {k: v}, containerEdits: {env: [A=b]}}]\n";
  CHECK(yaml_error("cdiVersion: 0.6.0\nkind: v.com/c.d" + rest).empty());
  CHECK(yaml_error("cdiVersion: 0.5.0\nkind: v.com/c.d" + rest) ==
        "'f.yaml' line 2: /kind needs cdiVersion 0.6.0, and the file says 0.5.0");
  CHECK(yaml_error("cdiVersion: 0.5.0\nkind: v.com/c" + rest) ==
        "'f.yaml' line 3: /devices/0/annotations needs cdiVersion 0.6.0, and the file says 0.5.0");
  CHECK(yaml_error("cdiVersion: 0.5.0\nkind: 1v/c" + rest) ==
        "'f.yaml' line 2: /kind is wrong: the vendor '1v' must begin with a letter");
}

TEST_CASE("annotations are named as Kubernetes names them") {
  auto error = [](const std::string& key) {
    return yaml_error("cdiVersion: 1.0.0\nkind: v.com/c\nannotations: {" + key +
                      ": v}\ndevices: [{name: d, containerEdits: {env: [A=b]}}]\n");
  };
  CHECK(error("a.b-c/d_e").empty());
  CHECK(error("-a") == "'f.yaml' line 3: /annotations/-a is not a valid name of an annotation");
  CHECK(error("a/b/c") == "'f.yaml' line 3: /annotations/a~1b~1c is not a valid name of an annotation");
  CHECK_FALSE(error(std::string(64, 'a')).empty());
}
