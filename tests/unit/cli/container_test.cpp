// Container records on a directory of their own; nothing runs.

#include "cli/container.h"

#include <fcntl.h>

#include <cstdlib>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

struct Directory {
  std::string path = "/tmp/aictr-test-XXXXXX";
  Directory() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Directory() { ignore(remove_tree(AT_FDCWD, path)); }
};

Container named(const std::string& name) {
  Container container;
  container.name = name;
  container.image = "busybox";
  container.image_id = "sha256:0";
  return container;
}

}  // namespace

TEST_CASE("a record is found by name, by id and by the start of an id") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto made = containers.create(named("first")).value();
  CHECK(containers.find("first").value().id == made.id);
  CHECK(containers.find(made.id).value().name == "first");
  CHECK(containers.find(made.id.substr(0, 5)).value().name == "first");
  CHECK(containers.find("nobody").error().kind == Kind::not_found);
  CHECK(containers.find("").error().kind == Kind::not_found);
}

TEST_CASE("a name has one container, and is drawn when none is given") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  REQUIRE(containers.create(named("only")).ok());
  auto second = containers.create(named("only"));
  CHECK(second.error().kind == Kind::exists);
  CHECK(containers.list().value().size() == 1);
  CHECK(containers.create(named("")).value().name.find('_') != std::string::npos);
}

TEST_CASE("names outside the grammar are refused") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  for (const char* bad : {"a", "-ab", "a/b", "../x", "a b", ".ab"}) {
    CAPTURE(bad);
    CHECK(containers.create(named(bad)).error().kind == Kind::usage);
  }
}

TEST_CASE("a name that a killed command left behind is taken over") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  REQUIRE(sys::symlink(std::string(64, 'a'), AT_FDCWD, directory.path + "/containers/names/left").ok());
  CHECK(containers.create(named("left")).ok());
}

TEST_CASE("a saved record says the same when it is read again") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto made = containers.create(named("told")).value();
  made.exit_code = 137;
  made.killed_for_memory = true;
  made.labels["a"] = "b";
  made.command = {"sh", "-c", "exit"};
  REQUIRE(containers.save(made).ok());
  auto again = containers.find("told").value();
  CHECK(again.exit_code == 137);
  CHECK(again.killed_for_memory);
  CHECK(again.labels == made.labels);
  CHECK(again.command == made.command);
  CHECK(again.created == made.created);
}

TEST_CASE("a container that nobody watches and that never ended is dead, one that ended is exited") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto states = runtime::StateRoot::open(directory.path + "/run").value();
  auto made = containers.create(named("left")).value();
  CHECK(containers.status(made, states).value() == Status::dead);
  {
    auto watched = containers.watch(made).value();
    CHECK(containers.status(made, states).value() == Status::created);
  }
  made.exit_code = 0;
  CHECK(containers.status(made, states).value() == Status::exited);
}

TEST_CASE("a removed container leaves nothing, its name included") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto states = runtime::StateRoot::open(directory.path + "/run").value();
  auto made = containers.create(named("gone")).value();
  REQUIRE(containers.remove(made, states, runtime::Force::no).ok());
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers").value() == std::vector<std::string>{"names"});
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers/names").value().empty());
}
