// Tars that mean harm: each is refused, or what it makes stays inside the root.
#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/layer_unpack.h"
#include "images/tar_header.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"
#include "tests/tree.h"

using namespace aictr;
using namespace aictr::images;

namespace {

TarEntry file(std::string path, std::string content = "evil") {
  TarEntry entry;
  entry.path = std::move(path);
  entry.mode = 0644;
  entry.link = std::move(content);  // kept here until it is written
  return entry;
}

TarEntry directory(std::string path) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = TarType::directory;
  entry.mode = 0755;
  return entry;
}

TarEntry link(TarType type, std::string path, std::string target) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = type;
  entry.link = std::move(target);
  return entry;
}
TarEntry symbolic(std::string path, std::string target) {
  return link(TarType::symbolic_link, std::move(path), std::move(target));
}
TarEntry hard(std::string path, std::string target) {
  return link(TarType::hard_link, std::move(path), std::move(target));
}

std::string archive(const std::vector<TarEntry>& entries) {
  std::string tar;
  for (TarEntry entry : entries) {
    std::string content;
    if (entry.type == TarType::file) content = std::exchange(entry.link, "");
    entry.size = static_cast<std::int64_t>(content.size());
    tar += encode_tar_header(entry) + content;
    tar.resize((tar.size() + kTarBlock - 1) / kTarBlock * kTarBlock);
  }
  return tar + std::string(2 * kTarBlock, '\0');
}

// A root to unpack into, beside what must not be touched.
class Target {
 public:
  Target() {
    for (const char* name : {"outside/dir", "root"}) REQUIRE(make_directories(dir_.fd(), name, 0755).ok());
    for (const char* name : {"outside/file", "outside/dir/file"}) {
      REQUIRE(write_file(dir_.fd(), name, "precious", 0600, Durability::until_reboot).ok());
    }
    before_ = test::describe_tree(dir_ / "outside");
  }

  Result<Unpacked> unpack(const std::vector<TarEntry>& entries) {
    std::string bytes = archive(entries);
    UniqueFd file = sys::memfd("tar", 0).value();
    REQUIRE(sys::write_at(file.get(), bytes, 0).ok());
    UniqueFd root = open_directory(dir_.fd(), "root").value();
    FdSource source(file.get());
    auto result = unpack_layer(source, root.get());
    CHECK(test::differences(before_, test::describe_tree(dir_ / "outside")) == "");
    CHECK(list_directory(dir_.fd()).value().size() == 2);
    return result;
  }

  std::string outside() const { return dir_ / "outside"; }
  std::string path(const std::string& inside) const { return dir_ / ("root/" + inside); }
  std::string content(const std::string& inside) const {
    UniqueFd root = open_directory(dir_.fd(), "root").value();
    auto fd = sys::open(root.get(), inside, O_RDONLY, 0, sys::Resolve::in_root);
    return fd.ok() ? sys::read_to_end(fd.value().get()).value() : "(missing)";
  }
  bool is_whiteout(const std::string& inside) const {
    auto st = sys::stat(AT_FDCWD, path(inside));
    return st.ok() && S_ISCHR(st.value().st_mode) && st.value().st_rdev == 0;
  }
  bool is_opaque(const std::string& inside) const {
    UniqueFd fd = open_directory(AT_FDCWD, path(inside)).value();
    return sys::get_xattr(fd.get(), "trusted.overlay.opaque").ok();
  }

 private:
  test::TempDir dir_;
  std::vector<std::string> before_;
};

void check_refused(const std::vector<TarEntry>& entries, const std::string& word) {
  Target target;
  auto result = target.unpack(entries);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == Kind::corrupt);
  CHECK_MESSAGE(result.error().message.find(word) != std::string::npos, result.error().message);
}

}  // namespace

TEST_CASE("names with .. are refused") {
  if (::geteuid() != 0) SKIP("needs root");
  for (std::string name : {"../outside/file", "a/../../outside/file", "a/..", "..", "/../outside/new"}) {
    CAPTURE(name);
    check_refused({directory("a"), file(name)}, "leads out");
    check_refused({directory("a"), directory(name)}, "leads out");
    check_refused({directory("a"), symbolic(name, "x")}, "leads out");
  }
}

TEST_CASE("absolute names begin at the root of the layer") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({file(target.outside() + "/file"), file("//abs")}).ok());
  CHECK(target.content("abs") == "evil");
  CHECK(target.content(target.outside() + "/file") == "evil");
}

TEST_CASE("a file written through a link lands inside") {
  if (::geteuid() != 0) SKIP("needs root");
  for (std::string to : {"absolute", "upwards"}) {
    CAPTURE(to);
    Target target;
    std::string aim = to == "absolute" ? target.outside() : "../../outside";
    REQUIRE(make_directories(AT_FDCWD, target.path(aim.substr(aim.rfind("../") + 3)), 0755).ok());
    REQUIRE(make_directories(AT_FDCWD, target.path(target.outside()), 0755).ok());
    auto result =
        target.unpack({symbolic("link", aim), file("link/file"), directory("link/dir"), file("link/dir/new")});
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
    CHECK(target.content("link/file") == "evil");
    CHECK(target.content("link/dir/new") == "evil");
  }
}

TEST_CASE("the place a dangling link names is made inside") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({symbolic("link", target.outside() + "/dir"), file("link/file")}).ok());
  CHECK(target.content(target.outside() + "/dir/file") == "evil");
}

TEST_CASE("a chain and a loop of links stay inside") {
  if (::geteuid() != 0) SKIP("needs root");
  Target chain;
  REQUIRE(chain.unpack({symbolic("a", "b"), symbolic("b", chain.outside()), directory(chain.outside()), file("a/file")})
              .ok());
  CHECK(chain.content("a/file") == "evil");
  Target loop;
  CHECK_FALSE(loop.unpack({symbolic("a", "b"), symbolic("b", "a"), file("a/file")}).ok());
}

TEST_CASE("a link to /proc/self leads nowhere") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({symbolic("p", "/proc/self/cwd"), file("p/file")}).ok());
  CHECK(target.content("proc/self/cwd/file") == "evil");
}

TEST_CASE("a file that replaces a link does not go through it") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({symbolic("x", target.outside() + "/file"), file("x")}).ok());
  CHECK(S_ISREG(sys::stat(AT_FDCWD, target.path("x")).value().st_mode));
}

TEST_CASE("a directory that replaces a link does not go through it") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({symbolic("x", target.outside()), directory("x"), file("x/file")}).ok());
  CHECK(S_ISDIR(sys::stat(AT_FDCWD, target.path("x")).value().st_mode));
  CHECK(target.content("x/file") == "evil");
}

TEST_CASE("a link that replaces an open directory is not written through") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  auto result = target.unpack({directory("d"), file("d/one"), symbolic("d", target.outside()), file("d/file")});
  REQUIRE(result.ok());
  CHECK(target.content(target.outside() + "/file") == "evil");
  CHECK(target.content("d/one") == "(missing)");
}

TEST_CASE("times and modes of a directory that became a link are not set through it") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  TarEntry old = directory("d");
  old.mtime = 1;
  old.mode = 0;
  CHECK(target.unpack({old, symbolic("d", target.outside())}).ok());
  CHECK(target.unpack({symbolic("d2", target.outside() + "/dir"), directory("d2/sub")}).ok());
}

TEST_CASE("hard links reach nothing outside") {
  if (::geteuid() != 0) SKIP("needs root");
  check_refused({hard("x", "../outside/file")}, "leads out");
  check_refused({hard("x", "../../../../etc/passwd")}, "leads out");
  check_refused({hard("x", "/etc/passwd")}, "not there");
  Target target;
  std::string outside = target.outside();
  CHECK_FALSE(target.unpack({hard("x", outside + "/file")}).ok());
  CHECK_FALSE(target.unpack({symbolic("l", outside), hard("x", "l/file")}).ok());
  CHECK_FALSE(target.unpack({symbolic("up", "../outside"), hard("x", "up/file")}).ok());
}

TEST_CASE("a hard link to a symbolic link is a link to the link") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({symbolic("l", target.outside() + "/file"), hard("x", "l"), file("x")}).ok());
  CHECK(S_ISLNK(sys::stat(AT_FDCWD, target.path("l")).value().st_mode));
  CHECK(target.content("x") == "evil");
}

TEST_CASE("a file that replaces one name of two leaves the other alone") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target.unpack({file("a", "first"), hard("b", "a"), file("b", "second")}).ok());
  CHECK(target.content("a") == "first");
  CHECK(target.content("b") == "second");
}

TEST_CASE("hard links to nothing, to a directory and to the root are refused; to oneself it changes nothing") {
  if (::geteuid() != 0) SKIP("needs root");
  check_refused({hard("x", "missing")}, "not there");
  check_refused({hard("x", "/")}, "not there");
  Target target;
  CHECK_FALSE(target.unpack({directory("d"), hard("x", "d")}).ok());
  CHECK(target.unpack({file("a"), hard("a", "a")}).ok());
  CHECK(target.content("a") == "evil");
}

TEST_CASE("of entries with one name the last counts, whatever they are") {
  if (::geteuid() != 0) SKIP("needs root");
  std::vector<TarEntry> sorts{file("x"), directory("x"), symbolic("x", "y"), link(TarType::fifo, "x", "")};
  for (const TarEntry& first : sorts) {
    for (const TarEntry& second : sorts) {
      Target target;
      auto result = target.unpack({first, second});
      REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
      auto st = sys::stat(AT_FDCWD, target.path("x")).value();
      CHECK(S_ISDIR(st.st_mode) == (second.type == TarType::directory));
      CHECK(S_ISLNK(st.st_mode) == (second.type == TarType::symbolic_link));
      CHECK(S_ISREG(st.st_mode) == (second.type == TarType::file));
    }
  }
  Target merged;
  REQUIRE(merged.unpack({directory("d"), file("d/f"), directory("d")}).ok());
  CHECK(merged.content("d/f") == "evil");
  Target replaced;
  REQUIRE(replaced.unpack({directory("d"), file("d/f"), file("d")}).ok());
  CHECK(replaced.content("d") == "evil");
}

TEST_CASE("a file cannot be a parent") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  CHECK_FALSE(target.unpack({file("f"), file("f/x")}).ok());
}

TEST_CASE("whiteouts delete nothing outside, and nothing that is not below the root") {
  if (::geteuid() != 0) SKIP("needs root");
  for (std::string name : {".wh.", "a/.wh.", ".wh..", ".wh...", "a/.wh..", "a/.wh..."}) {
    CAPTURE(name);
    check_refused({directory("a"), file(name)}, "deletion");
  }
  Target target;
  std::string outside = target.outside();
  REQUIRE(
      target.unpack({symbolic("l", outside), file("l/.wh.file"), file("l/.wh.dir"), file("l/dir/.wh..wh..opq")}).ok());
  CHECK(target.is_whiteout(outside + "/file"));
}

TEST_CASE("a whiteout is about layers below, in whatever order it comes") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  REQUIRE(target
              .unpack({file("before"), file(".wh.before"), file(".wh.after"), file("after"), file(".wh.dir"),
                       directory("dir"), file("dir/f"), directory("dir2"), file("dir2/f"), file(".wh.dir2"),
                       file(".wh.gone"), file(".wh.implied"), file("implied/f"), directory("o"), file("o/f"),
                       file("o/.wh..wh..opq"), file(".wh..wh.plnk"), file(".wh..wh.aufs")})
              .ok());
  CHECK(target.content("before") == "evil");
  CHECK(target.content("after") == "evil");
  CHECK(target.is_whiteout("gone"));
  for (std::string name : {"dir", "dir2", "implied", "o"}) {
    CAPTURE(name);
    CHECK(target.content(name + "/f") == "evil");
    CHECK(target.is_opaque(name));
  }
  CHECK(list_directory(AT_FDCWD, target.path(".")).value().size() == 7);
}

TEST_CASE("overlayfs's own attributes and the host's labels are not taken from an archive") {
  if (::geteuid() != 0) SKIP("needs root");
  Target target;
  TarEntry entry = directory("d");
  for (const char* name : {"trusted.overlay.opaque", "trusted.overlay.redirect", "user.overlay.opaque", "trusted.x"}) {
    entry.xattrs[name] = "y";
  }
  entry.xattrs["user.note"] = "kept";
  REQUIRE(target.unpack({entry}).ok());
  UniqueFd fd = open_directory(AT_FDCWD, target.path("d")).value();
  CHECK(sys::list_xattrs(fd.get()).value() == std::vector<std::string>{"user.note"});
}

TEST_CASE("a root that is no directory is refused") {
  if (::geteuid() != 0) SKIP("needs root");
  check_refused({symbolic(".", "/etc")}, "root");
  check_refused({file(".")}, "root");
}

TEST_CASE("the umask does not matter") {
  if (::geteuid() != 0) SKIP("needs root");
  mode_t old = ::umask(077);
  Target target;
  auto result = target.unpack({file("implied/f"), directory("d"), link(TarType::fifo, "p", "")});
  ::umask(old);
  REQUIRE(result.ok());
  CHECK((sys::stat(AT_FDCWD, target.path("implied")).value().st_mode & 07777) == 0755);
  CHECK((sys::stat(AT_FDCWD, target.path("d")).value().st_mode & 07777) == 0755);
  CHECK((sys::stat(AT_FDCWD, target.path("implied/f")).value().st_mode & 07777) == 0644);
}
