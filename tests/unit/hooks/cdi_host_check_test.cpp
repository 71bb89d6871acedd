#include "hooks/cdi_host_check.h"

#include <map>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::hooks;

namespace {

CdiHost host_with(const std::map<std::string, HostPath>& paths, const std::string& nvidia = "") {
  return {[paths](const std::string& path) {
            auto found = paths.find(path);
            return found != paths.end() ? found->second : HostPath{};
          },
          nvidia};
}

CdiFile file_with(const std::string& edits) {
  CdiFile file;
  file.path = "/etc/cdi/v.yaml";
  file.syntax = oci::CdiSyntax::yaml;
  file.read_yaml = oci::parse_yaml;
  file.text = "cdiVersion: 0.5.0\nkind: v.com/c\ndevices:\n- name: d\n  containerEdits:\n" + edits;
  auto spec = oci::parse_cdi_spec(file.text, file.syntax, file.path, oci::parse_yaml);
  REQUIRE_MESSAGE(spec.ok(), spec.error().message);
  file.spec = spec.value();
  return file;
}

std::vector<std::string> messages(const std::string& edits, const CdiHost& host) {
  std::vector<std::string> result;
  for (const Error& error : check_on_host(file_with(edits), host)) result.push_back(error.message);
  return result;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("a source that is not there is named with file, line and key") {
  std::string mounts =
      "    mounts:\n    - {hostPath: /lib/here, containerPath: /a}\n    - containerPath: /b\n      hostPath: "
      "/lib/gone\n";
  CHECK(messages(mounts, host_with({{"/lib/here", {true}}})) ==
        Messages{"'/etc/cdi/v.yaml' line 9: /devices/0/containerEdits/mounts/1/hostPath: '/lib/gone' is not there"});
  CHECK(messages(mounts, host_with({{"/lib/here", {true}}, {"/lib/gone", {true}}})).empty());
  CHECK(messages("    mounts: [{hostPath: tmpfs, containerPath: /t, type: tmpfs}]\n", host_with({})).empty());
}

TEST_CASE("a library of another driver than the loaded one is refused, there or not") {
  std::string mounts = "    mounts:\n    - {hostPath: /lib/libcuda.so.535.104.05, containerPath: /a}\n";
  Messages stale = {
      "'/etc/cdi/v.yaml' line 7: /devices/0/containerEdits/mounts/0/hostPath: '/lib/libcuda.so.535.104.05' is of the "
      "driver 535.104.05, and 550.54.14 is loaded"};
  std::map<std::string, HostPath> paths = {{"/lib/libcuda.so.535.104.05", {true}}};
  CHECK(messages(mounts, host_with(paths, "550.54.14")) == stale);
  CHECK(messages(mounts, host_with({}, "550.54.14")) == stale);
  CHECK(messages(mounts, host_with(paths, "535.104.05")).empty());
  CHECK(messages(mounts, host_with(paths)).empty());
  CHECK(driver_version_of("/x/libnvidia-egl-gbm.so.1.1.0").empty());
  CHECK(driver_version_of("/x/libcuda.so.1").empty());
  CHECK(driver_version_of("/x/libcuda.so.").empty());
  CHECK(driver_version_of("/x/libcuda.so.550.54") == "550.54");
}

TEST_CASE("a device node must be one, unless the file says everything about it") {
  std::string nodes =
      "    deviceNodes:\n    - {path: /dev/v0, hostPath: /dev/h0}\n    - {path: /dev/v1}\n    - {path: "
      "/dev/v2, type: c, major: 5, minor: 1}\n";
  CHECK(messages(nodes, host_with({{"/dev/h0", {true, true}}, {"/dev/v1", {true, true}}})).empty());
  CHECK(messages(nodes, host_with({{"/dev/v1", {true, false}}})) ==
        Messages{"'/etc/cdi/v.yaml' line 7: /devices/0/containerEdits/deviceNodes/0/hostPath: '/dev/h0' is not there",
                 "'/etc/cdi/v.yaml' line 8: /devices/0/containerEdits/deviceNodes/1/path: '/dev/v1' is not a device "
                 "node"});
}

TEST_CASE("a hook that others may write to is not run") {
  std::string hooks =
      "    hooks:\n    - {hookName: createContainer, path: /bin/h}\n    - {hookName: startContainer, "
      "path: /in/container}\n";
  CHECK(messages(hooks, host_with({{"/bin/h", {true, false, true}}})).empty());
  CHECK(messages(hooks, host_with({{"/bin/h", {true, false, false}}})) ==
        Messages{"'/etc/cdi/v.yaml' line 7: /devices/0/containerEdits/hooks/0/path: '/bin/h' may be written to by "
                 "others than root"});
  CHECK(messages(hooks, host_with({})).size() == 1);
}

TEST_CASE("only what a container will get must be on the host") {
  CdiFile file =
      file_with("    mounts: [{hostPath: /gone, containerPath: /a}]\n- name: e\n  containerEdits: {env: [A=b]}\n");
  auto registry = CdiRegistry::of({file});
  CHECK(check_on_host(registry.find({"v.com/c=e"}).value(), host_with({})).ok());
  CHECK(check_on_host(registry.find({"v.com/c=d"}).value(), host_with({})).error().hint.find("generate") !=
        std::string::npos);
}

TEST_CASE("this host is looked at as it is") {
  CdiHost host = CdiHost::live();
  CHECK(host.look("/dev/null").is_node);
  CHECK(host.look("/usr").trusted);
  CHECK_FALSE(host.look("/no/such").exists);
}
