// Container records on a directory of their own; nothing runs.

#include "cli/container.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

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

// Made and forgotten by its maker, as if the maker had been killed.
Result<Container> make(const Containers& containers, Container record) {
  TRY(containers.create(record));
  return record;
}

}  // namespace

TEST_CASE("a record is found by name, by id and by the start of an id") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto made = make(containers, named("first")).value();
  CHECK(containers.find("first").value().id == made.id);
  CHECK(containers.find(made.id).value().name == "first");
  CHECK(containers.find(made.id.substr(0, 5)).value().name == "first");
  CHECK(containers.find("nobody").error().kind == Kind::not_found);
  CHECK(containers.find("").error().kind == Kind::not_found);
}

TEST_CASE("a name has one container, and is drawn when none is given") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  REQUIRE(make(containers, named("only")).ok());
  auto second = make(containers, named("only"));
  CHECK(second.error().kind == Kind::exists);
  CHECK(containers.list().value().size() == 1);
  CHECK(make(containers, named("")).value().name.find('_') != std::string::npos);
}

TEST_CASE("names outside the grammar are refused") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  for (const char* bad : {"a", "-ab", "a/b", "../x", "a b", ".ab"}) {
    CAPTURE(bad);
    CHECK(make(containers, named(bad)).error().kind == Kind::usage);
  }
}

TEST_CASE("a name that a killed command left behind is taken over") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  REQUIRE(sys::symlink(std::string(64, 'a'), AT_FDCWD, directory.path + "/containers/names/left").ok());
  CHECK(make(containers, named("left")).ok());
}

TEST_CASE("a saved record says the same when it is read again") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto made = make(containers, named("told")).value();
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
  auto made = named("left");
  {
    auto watched = containers.create(made).value();
    CHECK(containers.status(made, states).value() == Status::created);
  }
  CHECK(containers.status(made, states).value() == Status::dead);
  made.exit_code = 0;
  CHECK(containers.status(made, states).value() == Status::exited);
}

TEST_CASE("a removed container leaves nothing, its name included") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto states = runtime::StateRoot::open(directory.path + "/run").value();
  auto made = make(containers, named("gone")).value();
  REQUIRE(containers.remove(made, states, runtime::Force::no).ok());
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers").value() ==
        std::vector<std::string>{"claims", "names"});
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers/names").value().empty());
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers/claims").value() == std::vector<std::string>{".lock"});
}

TEST_CASE("a container that cannot be recorded leaves nothing, its name included") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto made = named("full");
  made.image_id = std::string(100 << 20, 'x');
  {
    rlimit small{1 << 20, RLIM_INFINITY};
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto* ignored = ::signal(SIGXFSZ, SIG_IGN);
    small.rlim_max = before.rlim_max;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(containers.create(made).error().code == EFBIG);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    ::signal(SIGXFSZ, ignored);
  }
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers").value() ==
        std::vector<std::string>{"claims", "names"});
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers/names").value().empty());
}

TEST_CASE("a sweep takes what killed commands left and nothing else") {
  Directory directory;
  auto containers = Containers::open(directory.path).value();
  auto states = runtime::StateRoot::open(directory.path + "/run").value();
  auto to_be_removed = named("passing");
  to_be_removed.remove_at_end = true;
  auto passing = make(containers, to_be_removed).value();
  auto kept = make(containers, named("kept")).value();
  auto unfinished = make(containers, named("unfinished")).value();
  REQUIRE(sys::unlink(AT_FDCWD, containers.directory(unfinished) + "/container.json").ok());
  to_be_removed.name = "alive";
  auto watched = containers.create(to_be_removed).value();

  REQUIRE(containers.sweep(states).ok());
  CHECK(containers.find("passing").error().kind == Kind::not_found);
  CHECK(containers.status(kept, states).value() == Status::dead);
  CHECK_FALSE(sys::exists(AT_FDCWD, containers.directory(unfinished)));
  CHECK(containers.status(to_be_removed, states).value() == Status::created);
  CHECK(list_directory(AT_FDCWD, directory.path + "/containers/names").value() ==
        std::vector<std::string>{"alive", "kept"});
}
