#include "base/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <doctest/doctest.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "tests/temp_dir.h"

using namespace aictr;
using aictr::test::TempDir;
using Words = std::vector<std::string>;

TEST_CASE("a file is written and read as a whole") {
  TempDir dir;
  REQUIRE(write_file(dir.fd(), "a", std::string(100'000, 'x'), 0640).ok());
  CHECK(read_file(dir.fd(), "a").value() == std::string(100'000, 'x'));
  REQUIRE(write_file(dir.fd(), "a", "", 0640, Durability::until_reboot).ok());
  CHECK(read_file(dir.fd(), "a").value().empty());
  CHECK(list_directory(dir.fd()).value() == Words{"a"});
}

TEST_CASE("a file that is replaced stays whole for who has it open") {
  TempDir dir;
  REQUIRE(write_file(dir.fd(), "a", "old", 0600).ok());
  auto open = sys::open(dir.fd(), "a", O_RDONLY);
  REQUIRE(write_file(dir.fd(), "a", "new and longer", 0600).ok());
  CHECK(sys::read_to_end(open.value().get()).value() == "old");
  CHECK(read_file(dir.fd(), "a").value() == "new and longer");
}

TEST_CASE("writing in a directory that is not there names the file and leaves nothing") {
  TempDir dir;
  auto written = write_file(dir.fd(), "none/a", "x", 0600);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().kind == Kind::not_found);
  CHECK(written.error().message.find("none/a") != std::string::npos);
  REQUIRE(sys::mkdir(dir.fd(), "a", 0700).ok());
  CHECK_FALSE(write_file(dir.fd(), "a", "x", 0600).ok());
  CHECK(list_directory(dir.fd()).value() == Words{"a"});
}

TEST_CASE("a file that is larger than the limit is refused") {
  TempDir dir;
  REQUIRE(write_file(dir.fd(), "a", "123456", 0600).ok());
  CHECK(read_file(dir.fd(), "a", 6).ok());
  CHECK(read_file(dir.fd(), "a", 5).error().kind == Kind::corrupt);
  CHECK(read_file(dir.fd(), "b").error().message == "open 'b': No such file or directory");
}

TEST_CASE("writing to an existing file makes none") {
  TempDir dir;
  CHECK(write_existing(dir.fd(), "a", "x").error().kind == Kind::not_found);
  REQUIRE(write_file(dir.fd(), "a", "....", 0600).ok());
  REQUIRE(write_existing(dir.fd(), "a", "xy").ok());
  CHECK(read_file(dir.fd(), "a").value() == "xy..");
}

TEST_CASE("directories are made with their parents, and what exists stays") {
  TempDir dir;
  REQUIRE(make_directories(dir.fd(), "a/b/c", 0750).ok());
  CHECK(make_directories(dir.fd(), "a/b/c", 0700).ok());
  CHECK(make_directories(dir.fd(), "a/b/c/", 0700).ok());
  CHECK((sys::stat(dir.fd(), "a/b/c").value().st_mode & 0777) == 0750);
  CHECK(make_directories(AT_FDCWD, dir / "x/y", 0700).ok());
  REQUIRE(write_file(dir.fd(), "file", "", 0600).ok());
  CHECK(make_directories(dir.fd(), "file", 0700).error().kind == Kind::exists);
  CHECK_FALSE(make_directories(dir.fd(), "file/below", 0700).ok());
  CHECK_FALSE(make_directories(dir.fd(), "", 0700).ok());
}

TEST_CASE("removing a tree takes files, links and directories, and never follows a link") {
  TempDir dir;
  REQUIRE(make_directories(dir.fd(), "kept", 0700).ok());
  REQUIRE(write_file(dir.fd(), "kept/file", "x", 0600).ok());
  REQUIRE(make_directories(dir.fd(), "tree/a/b", 0700).ok());
  REQUIRE(write_file(dir.fd(), "tree/a/file", "x", 0400).ok());
  REQUIRE(sys::symlink("../kept", dir.fd(), "tree/link").ok());
  REQUIRE(sys::symlink("nowhere", dir.fd(), "tree/dangling").ok());
  CHECK(remove_tree(dir.fd(), "tree").ok());
  CHECK_FALSE(sys::exists(dir.fd(), "tree"));
  CHECK(sys::exists(dir.fd(), "kept/file"));
  REQUIRE(sys::symlink("kept", dir.fd(), "link").ok());
  CHECK(remove_tree(dir.fd(), "link").ok());
  CHECK(sys::exists(dir.fd(), "kept/file"));
}

TEST_CASE("removing what is not there is no error") {
  TempDir dir;
  CHECK(remove_tree(dir.fd(), "none").ok());
  CHECK(remove_tree(dir.fd(), "none/below").ok());
}

TEST_CASE("a tree deeper than there are descriptors is removed") {
  TempDir dir;
  UniqueFd at = sys::duplicate(dir.fd()).value();
  for (int depth = 0; depth < 300; ++depth) {
    REQUIRE(sys::mkdir(at.get(), "d", 0700).ok());
    if (depth % 100 == 0) REQUIRE(write_file(at.get(), "file", "x", 0600, Durability::until_reboot).ok());
    at = open_directory(at.get(), "d").value();
  }
  at.reset();
  rlimit before = sys::getrlimit(RLIMIT_NOFILE).value();
  REQUIRE(sys::setrlimit(RLIMIT_NOFILE, {150, before.rlim_max}).ok());
  CHECK(remove_tree(dir.fd(), "d").ok());
  REQUIRE(sys::setrlimit(RLIMIT_NOFILE, before).ok());
  CHECK(list_directory(dir.fd()).value() == Words{"file"});
}

TEST_CASE("a directory is listed in the order of bytes") {
  TempDir dir;
  for (const char* name : {"b", "a", "B", "é", ".hidden"}) REQUIRE(write_file(dir.fd(), name, "", 0600).ok());
  CHECK(list_directory(dir.fd()).value() == Words{".hidden", "B", "a", "b", "é"});
  CHECK(list_directory(AT_FDCWD, dir.path()).value().size() == 5);
  CHECK(list_directory(dir.fd(), "a").error().message == "open 'a': Not a directory");
}

TEST_CASE("what a path may leave is decided by who wrote it") {
  TempDir dir;
  REQUIRE(make_directories(dir.fd(), "root/etc", 0700).ok());
  REQUIRE(write_file(dir.fd(), "root/etc/file", "inside", 0600).ok());
  REQUIRE(write_file(dir.fd(), "outside", "outside", 0600).ok());
  REQUIRE(sys::symlink("/etc/file", dir.fd(), "root/absolute").ok());
  REQUIRE(sys::symlink("../outside", dir.fd(), "root/escape").ok());
  UniqueFd root = open_directory(dir.fd(), "root").value();
  auto read = [&](const char* path, sys::Resolve resolve) -> std::string {
    auto fd = sys::open(root.get(), path, O_RDONLY, 0, resolve);
    return fd.ok() ? sys::read_to_end(fd.value().get()).value() : "refused";
  };
  CHECK(read("absolute", sys::Resolve::in_root) == "inside");
  CHECK(read("../../etc/file", sys::Resolve::in_root) == "inside");
  CHECK(read("escape", sys::Resolve::in_root) == "refused");
  CHECK(read("escape", sys::Resolve::normal) == "outside");
  CHECK(read("escape", sys::Resolve::beneath) == "refused");
  CHECK(read("absolute", sys::Resolve::no_symlinks) == "refused");
  CHECK(read("etc/file", sys::Resolve::beneath) == "inside");
}

TEST_CASE("a tree may be removed by several at the same time") {
  TempDir dir;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 50; ++i) {
      std::string folder = "tree/" + std::to_string(i) + "/in";
      REQUIRE(make_directories(dir.fd(), folder, 0700).ok());
      REQUIRE(write_file(dir.fd(), folder + "/file", "x", 0600, Durability::until_reboot).ok());
    }
    std::array<bool, 2> removed{};
    std::thread other([&] { removed[0] = remove_tree(dir.fd(), "tree").ok(); });
    removed[1] = remove_tree(dir.fd(), "tree").ok();
    other.join();
    CHECK(removed[0]);
    CHECK(removed[1]);
  }
  CHECK_FALSE(sys::exists(dir.fd(), "tree"));
}
