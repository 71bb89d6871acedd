#include "images/upper_changes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/whiteout.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

using namespace aictr;
using namespace aictr::images;

namespace {

class Trees {
 public:
  Trees() {
    for (const char* side : {"upper", "lower"}) make(side);
  }
  void make(const std::string& path) { REQUIRE(make_directories(AT_FDCWD, dir_.path() + "/" + path, 0755).ok()); }
  void write(const std::string& path, const std::string& text) {
    auto fd = sys::open(AT_FDCWD, dir_.path() + "/" + path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    REQUIRE(fd.ok());
    REQUIRE(sys::write_all(fd.value().get(), text).ok());
    REQUIRE(sys::set_times(fd.value().get(), "", {}, {}, AT_EMPTY_PATH).ok());
  }
  void white_out(const std::string& path) { REQUIRE(sys::mknod(AT_FDCWD, dir_.path() + "/" + path, S_IFCHR, 0).ok()); }
  void make_opaque(const std::string& path) {
    auto fd = sys::open(AT_FDCWD, dir_.path() + "/" + path, O_RDONLY | O_DIRECTORY);
    REQUIRE(fd.ok());
    REQUIRE(sys::set_xattr(fd.value().get(), overlay_xattr("opaque"), "y").ok());
  }
  std::string changes(const std::set<std::string>& stubs = {}) {
    auto upper = open_directory(AT_FDCWD, dir_.path() + "/upper");
    auto lower = open_directory(AT_FDCWD, dir_.path() + "/lower");
    REQUIRE(upper.ok());
    REQUIRE(lower.ok());
    auto found = list_changes(upper.value().get(), lower.value().get(), stubs);
    if (!found.ok()) return found.error().message;
    std::string text;
    for (const Change& change : found.value()) text += static_cast<char>(change.kind) + (" " + change.path + "\n");
    return text;
  }
  std::string path(const std::string& below) const { return dir_.path() + "/" + below; }

 private:
  test::TempDir dir_;
};

}  // namespace

TEST_CASE("what is new is added, with everything in it") {
  Trees trees;
  trees.make("upper/new/sub");
  trees.write("upper/new/file", "x");
  CHECK(trees.changes() == "A new\nA new/file\nA new/sub\n");
}

TEST_CASE("a directory that is there below is changed by what is in it, or by its own mode") {
  Trees trees;
  for (const char* side : {"upper", "lower"}) {
    for (const char* name : {"/a/b", "/same", "/mode"}) trees.make(side + std::string(name));
  }
  CHECK(trees.changes().empty());  // overlayfs has copied them up for something that is gone again
  trees.write("upper/a/b/file", "x");
  REQUIRE(::chmod(trees.path("upper/mode").c_str(), 0700) == 0);
  CHECK(trees.changes() == "C a\nC a/b\nA a/b/file\nC mode\n");
}

TEST_CASE("a file is changed by content, not by having been copied up") {
  Trees trees;
  for (const char* name : {"same", "longer"}) {
    trees.write(std::string("lower/") + name, "x");
    trees.write(std::string("upper/") + name, "x");
  }
  trees.write("upper/longer", "xy");
  CHECK(trees.changes() == "C longer\n");
}

TEST_CASE("a whiteout deletes what is below, and nothing where there is nothing") {
  if (geteuid() != 0) SKIP("needs root");
  Trees trees;
  trees.make("lower/gone/sub");
  trees.white_out("upper/gone");
  trees.white_out("upper/never");
  CHECK(trees.changes() == "D gone\n");
}

TEST_CASE("an opaque directory deletes all that it does not have") {
  if (geteuid() != 0) SKIP("needs root");
  Trees trees;
  trees.make("upper/dir");
  trees.make("lower/dir");
  trees.write("lower/dir/old", "x");
  trees.write("lower/dir/kept", "x");
  trees.write("upper/dir/kept", "x");
  trees.make_opaque("upper/dir");
  CHECK(trees.changes() == "C dir\nD dir/old\n");
}

TEST_CASE("a directory in place of a file is a change with new things in it, and the other way round one change") {
  Trees trees;
  trees.write("lower/file", "x");
  trees.write("upper/file2", "x");
  trees.make("lower/file2/sub");
  trees.make("upper/file/sub");
  CHECK(trees.changes() == "C file\nA file/sub\nC file2\n");
}

TEST_CASE("a place to mount on is no change while nothing is in it") {
  Trees trees;
  trees.make("lower/etc");
  trees.make("upper/proc");
  trees.make("upper/etc");
  trees.write("upper/etc/hosts", "");
  const std::set<std::string> stubs = {"proc", "etc/hosts", "data", "data/in"};
  CHECK(trees.changes(stubs).empty());
  CHECK(trees.changes() == "C etc\nA etc/hosts\nA proc\n");
  trees.write("upper/etc/hosts", "x");
  trees.make("upper/data/in/more");
  CHECK(trees.changes(stubs) == "A data\nA data/in\nA data/in/more\nC etc\nA etc/hosts\n");
}

TEST_CASE("directories without end are an error") {
  Trees trees;
  auto at = open_directory(AT_FDCWD, trees.path("upper"));
  for (int i = 0; i < 420; ++i) {
    REQUIRE(at.ok());
    REQUIRE(sys::mkdir(at.value().get(), "x", 0755).ok());
    at = open_directory(at.value().get(), "x");
  }
  CHECK(trees.changes().find("nested more than") != std::string::npos);
}
