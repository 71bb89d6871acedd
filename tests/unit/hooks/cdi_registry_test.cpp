#include "hooks/cdi_registry.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::hooks;

namespace {

// A file of the directory with these devices, each of which sets FROM to the file's name.
CdiFile file(const std::string& path, std::size_t directory, const std::vector<std::string>& devices,
             const std::string& kind = "v.com/c") {
  CdiFile result;
  result.path = path;
  result.directory = directory;
  result.spec.emplace();
  result.spec->kind = kind;
  result.spec->edits.env = {"COMMON=" + path};
  for (const std::string& name : devices) {
    oci::CdiDevice device;
    device.name = name;
    device.edits.env = {"FROM=" + path + ":" + name};
    result.spec->devices.push_back(device);
  }
  return result;
}

CdiFile broken(const std::string& path) {
  CdiFile result;
  result.path = path;
  result.problems.push_back(make_error(Kind::corrupt, "'" + path + "' line 3: oops"));
  return result;
}

}  // namespace

TEST_CASE("a device of a later directory takes the place of one of an earlier") {
  auto registry = CdiRegistry::of({file("/run/b", 1, {"x"}), file("/etc/a", 0, {"x", "y"})});
  CHECK(registry.devices().size() == 2);
  CHECK(registry.devices().at("v.com/c=x").file->path == "/run/b");
  CHECK(registry.devices().at("v.com/c=y").file->path == "/etc/a");
  for (const CdiFile& one : registry.files()) CHECK(one.problems.empty());
}

TEST_CASE("two files of one directory with the same device have none") {
  auto registry = CdiRegistry::of({file("/etc/a", 0, {"x", "y"}), file("/etc/b", 0, {"x"})});
  CHECK_FALSE(registry.devices().contains("v.com/c=x"));
  CHECK(registry.devices().contains("v.com/c=y"));
  for (const CdiFile& one : registry.files()) {
    REQUIRE(one.problems.size() == 1);
    CHECK(one.problems[0].message == "'/etc/a' and '/etc/b' both describe the device 'v.com/c=x', so neither counts");
  }
  auto found = registry.find({"v.com/c=x"});
  CHECK(found.error().message == "no CDI device 'v.com/c=x'");
  CHECK(found.error().hint.find("neither counts") != std::string::npos);
  auto settled = CdiRegistry::of({file("/etc/a", 0, {"x"}), file("/etc/b", 0, {"x"}), file("/run/c", 1, {"x"})});
  CHECK(settled.devices().at("v.com/c=x").file->path == "/run/c");
}

TEST_CASE("a broken file keeps no other from being used, and explains what is missing") {
  auto registry = CdiRegistry::of({broken("/etc/a"), file("/etc/b", 0, {"x"})});
  CHECK(registry.find({"v.com/c=x"}).ok());
  auto missing = registry.find({"v.com/c=x", "v.com/c=y", "w.com/c=z"});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().kind == Kind::not_found);
  CHECK(missing.error().message == "no CDI devices 'v.com/c=y', 'w.com/c=z'");
  CHECK(missing.error().hint == "mend this first: '/etc/a' line 3: oops");
  CHECK(registry.find({"nonsense"}).error().kind == Kind::usage);
}

TEST_CASE("an unknown device is told the nearest that there is") {
  auto registry = CdiRegistry::of({file("/etc/b", 0, {"gpu0"})});
  CHECK(registry.find({"v.com/c=gpu1"}).error().hint == "did you mean 'v.com/c=gpu0'?");
  CHECK(CdiRegistry::of({}).find({"v.com/c=x"}).error().hint ==
        "no device is described in the directories of CDI files");
}

TEST_CASE("all means the device of that name, else every one of the class") {
  auto registry = CdiRegistry::of({file("/etc/a", 0, {"x", "y"}), file("/etc/b", 0, {"all", "0"}, "v.com/d")});
  CHECK(registry.find({"v.com/c=all"}).value().size() == 2);
  auto named = registry.find({"v.com/d=all", "v.com/d=all"});
  REQUIRE(named.value().size() == 1);
  CHECK(named.value()[0].device().name == "all");
  CHECK(registry.find({"v.com/c=y", "v.com/c=all"}).value().size() == 2);
  CHECK_FALSE(registry.find({"v.com/e=all"}).ok());
}

TEST_CASE("edits for all containers come once, before those of the first device of their file") {
  auto registry = CdiRegistry::of({file("/etc/a", 0, {"x", "y"}), file("/etc/b", 0, {"z"})});
  auto edits = edits_of(registry.find({"v.com/c=y", "v.com/c=z", "v.com/c=x"}).value());
  CHECK(edits.env ==
        std::vector<std::string>{"COMMON=/etc/a", "FROM=/etc/a:y", "COMMON=/etc/b", "FROM=/etc/b:z", "FROM=/etc/a:x"});
}
