// Tars that mean harm: each is refused, or what it makes stays inside the root, whether a layer is unpacked into a
// directory or kept as its tar with an index of it.
#include <fcntl.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/erofs_mount.h"
#include "images/layer_index.h"
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

// The two forms of a layer.
struct Directory {};
struct Index {};
template <class Form>
constexpr bool is_index = std::is_same_v<Form, Index>;

// A root to unpack into, beside what must not be touched.
template <class Form>
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
    FdSource source(file.get());
    auto result = receive(source);
    CHECK(test::differences(before_, test::describe_tree(dir_ / "outside")) == "");
    CHECK(list_directory(dir_.fd()).value().size() == 2);
    return result;
  }

  std::string outside() const { return dir_ / "outside"; }
  struct stat stat(const std::string& inside) const {
    return sys::stat(open(inside, O_PATH | O_NOFOLLOW).value().get()).value();
  }
  std::string content(const std::string& inside) const {
    auto fd = open(inside, O_RDONLY);
    return fd.ok() ? sys::read_to_end(fd.value().get()).value() : "(missing)";
  }
  bool is_whiteout(const std::string& inside) const {
    struct stat st = stat(inside);
    return S_ISCHR(st.st_mode) && st.st_rdev == 0;
  }
  bool is_opaque(const std::string& inside) const {
    return sys::get_xattr(open(inside, O_RDONLY | O_DIRECTORY).value().get(), "trusted.overlay.opaque").ok();
  }
  std::vector<std::string> xattrs(const std::string& inside) const {
    return sys::list_xattrs(open(inside, O_RDONLY).value().get()).value();
  }
  int root() const { return root_.get(); }
  std::size_t names() const { return list_directory(root_.get()).value().size(); }

 private:
  Result<Unpacked> receive(ByteSource& source) {
    if constexpr (!is_index<Form>) {
      root_ = open_directory(dir_.fd(), "root").value();
      return unpack_layer(source, root_.get());
    } else {
      UniqueFd tar = sys::open(dir_.fd(), "root", O_RDWR | O_TMPFILE, 0600).value();
      UniqueFd index = sys::open(dir_.fd(), "root", O_RDWR | O_TMPFILE, 0600).value();
      auto received = index_layer(source, tar.get(), index.get());
      if (received.ok()) root_ = TRY(mount_erofs(index.get(), tar.get()));
      return received;
    }
  }
  Result<UniqueFd> open(const std::string& inside, int flags) const {
    return sys::open(root_.get(), inside, flags, 0, sys::Resolve::in_root);
  }

  test::TempDir dir_;
  UniqueFd root_;
  std::vector<std::string> before_;
};

template <class Form>
void check_refused(const std::vector<TarEntry>& entries, const std::string& word) {
  Target<Form> target;
  auto result = target.unpack(entries);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == Kind::corrupt);
  CHECK_MESSAGE(result.error().message.find(word) != std::string::npos, result.error().message);
}

// Why the case cannot run here, or nothing.
template <class Form>
std::string missing() {
  if (::geteuid() != 0) return "needs root";
  if constexpr (is_index<Form>) {
    if (!Target<Form>().unpack({}).ok()) return "needs a kernel that mounts EROFS from files";
  }
  return {};
}

}  // namespace

TEST_CASE_TEMPLATE("names with .. are refused", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  for (std::string name : {"../outside/file", "a/../../outside/file", "a/..", "..", "/../outside/new"}) {
    CAPTURE(name);
    check_refused<Form>({directory("a"), file(name)}, "leads out");
    check_refused<Form>({directory("a"), directory(name)}, "leads out");
    check_refused<Form>({directory("a"), symbolic(name, "x")}, "leads out");
  }
}

TEST_CASE_TEMPLATE("absolute names begin at the root of the layer", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({file(target.outside() + "/file"), file("//abs")}).ok());
  CHECK(target.content("abs") == "evil");
  CHECK(target.content(target.outside() + "/file") == "evil");
}

TEST_CASE_TEMPLATE("a file written through a link lands inside", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  for (std::string to : {"absolute", "upwards"}) {
    CAPTURE(to);
    Target<Form> target;
    std::string aim = to == "absolute" ? target.outside() : "../../outside";
    auto result = target.unpack({directory("outside"), directory(target.outside()), symbolic("link", aim),
                                 file("link/file"), directory("link/dir"), file("link/dir/new")});
    REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
    CHECK(target.content("link/file") == "evil");
    CHECK(target.content("link/dir/new") == "evil");
  }
}

TEST_CASE_TEMPLATE("the place a dangling link names is made inside", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({symbolic("link", target.outside() + "/dir"), file("link/file")}).ok());
  CHECK(target.content(target.outside() + "/dir/file") == "evil");
}

TEST_CASE_TEMPLATE("a chain and a loop of links stay inside", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> chain;
  REQUIRE(chain.unpack({symbolic("a", "b"), symbolic("b", chain.outside()), directory(chain.outside()), file("a/file")})
              .ok());
  CHECK(chain.content("a/file") == "evil");
  Target<Form> loop;
  CHECK_FALSE(loop.unpack({symbolic("a", "b"), symbolic("b", "a"), file("a/file")}).ok());
}

TEST_CASE_TEMPLATE("a link to /proc/self leads nowhere", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({symbolic("p", "/proc/self/cwd"), file("p/file")}).ok());
  CHECK(target.content("proc/self/cwd/file") == "evil");
}

TEST_CASE_TEMPLATE("a file that replaces a link does not go through it", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({symbolic("x", target.outside() + "/file"), file("x")}).ok());
  CHECK(S_ISREG(target.stat("x").st_mode));
}

TEST_CASE_TEMPLATE("a directory that replaces a link does not go through it", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({symbolic("x", target.outside()), directory("x"), file("x/file")}).ok());
  CHECK(S_ISDIR(target.stat("x").st_mode));
  CHECK(target.content("x/file") == "evil");
}

TEST_CASE_TEMPLATE("a link that replaces an open directory is not written through", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  auto result = target.unpack({directory("d"), file("d/one"), symbolic("d", target.outside()), file("d/file")});
  REQUIRE(result.ok());
  CHECK(target.content(target.outside() + "/file") == "evil");
  CHECK(target.content("d/one") == "(missing)");
}

TEST_CASE_TEMPLATE("times and modes of a directory that became a link are not set through it", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  TarEntry old = directory("d");
  old.mtime = 1;
  old.mode = 0;
  CHECK(target.unpack({old, symbolic("d", target.outside())}).ok());
  CHECK(target.unpack({symbolic("d2", target.outside() + "/dir"), directory("d2/sub")}).ok());
}

TEST_CASE_TEMPLATE("hard links reach nothing outside", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  check_refused<Form>({hard("x", "../outside/file")}, "leads out");
  check_refused<Form>({hard("x", "../../../../etc/passwd")}, "leads out");
  check_refused<Form>({hard("x", "/etc/passwd")}, "not there");
  Target<Form> target;
  std::string outside = target.outside();
  CHECK_FALSE(target.unpack({hard("x", outside + "/file")}).ok());
  CHECK_FALSE(target.unpack({symbolic("l", outside), hard("x", "l/file")}).ok());
  CHECK_FALSE(target.unpack({symbolic("up", "../outside"), hard("x", "up/file")}).ok());
}

TEST_CASE_TEMPLATE("a hard link to a symbolic link is a link to the link", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({symbolic("l", target.outside() + "/file"), hard("x", "l"), file("x")}).ok());
  CHECK(S_ISLNK(target.stat("l").st_mode));
  CHECK(target.content("x") == "evil");
}

TEST_CASE_TEMPLATE("a file that replaces one name of two leaves the other alone", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  REQUIRE(target.unpack({file("a", "first"), hard("b", "a"), file("b", "second")}).ok());
  CHECK(target.content("a") == "first");
  CHECK(target.content("b") == "second");
}

TEST_CASE_TEMPLATE("hard links to nothing, to a directory and to the root are refused; to oneself it changes nothing",
                   Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  check_refused<Form>({hard("x", "missing")}, "not there");
  check_refused<Form>({hard("x", "/")}, "not there");
  Target<Form> target;
  CHECK_FALSE(target.unpack({directory("d"), hard("x", "d")}).ok());
  CHECK(target.unpack({file("a"), hard("a", "a")}).ok());
  CHECK(target.content("a") == "evil");
}

TEST_CASE_TEMPLATE("of entries with one name the last counts, whatever they are", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  std::vector<TarEntry> sorts{file("x"), directory("x"), symbolic("x", "y"), link(TarType::fifo, "x", "")};
  for (const TarEntry& first : sorts) {
    for (const TarEntry& second : sorts) {
      Target<Form> target;
      auto result = target.unpack({first, second});
      REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
      auto st = target.stat("x");
      CHECK(S_ISDIR(st.st_mode) == (second.type == TarType::directory));
      CHECK(S_ISLNK(st.st_mode) == (second.type == TarType::symbolic_link));
      CHECK(S_ISREG(st.st_mode) == (second.type == TarType::file));
    }
  }
  Target<Form> merged;
  REQUIRE(merged.unpack({directory("d"), file("d/f"), directory("d")}).ok());
  CHECK(merged.content("d/f") == "evil");
  Target<Form> replaced;
  REQUIRE(replaced.unpack({directory("d"), file("d/f"), file("d")}).ok());
  CHECK(replaced.content("d") == "evil");
}

TEST_CASE_TEMPLATE("a file cannot be a parent", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  CHECK_FALSE(target.unpack({file("f"), file("f/x")}).ok());
}

TEST_CASE_TEMPLATE("whiteouts delete nothing outside, and nothing that is not below the root", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  for (std::string name : {".wh.", "a/.wh.", ".wh..", ".wh...", "a/.wh..", "a/.wh..."}) {
    CAPTURE(name);
    check_refused<Form>({directory("a"), file(name)}, "deletion");
  }
  Target<Form> target;
  std::string outside = target.outside();
  REQUIRE(
      target.unpack({symbolic("l", outside), file("l/.wh.file"), file("l/.wh.dir"), file("l/dir/.wh..wh..opq")}).ok());
  CHECK(target.is_whiteout(outside + "/file"));
}

TEST_CASE_TEMPLATE("a whiteout is about layers below, in whatever order it comes", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
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
  CHECK(target.names() == 7);
}

TEST_CASE_TEMPLATE("overlayfs's own attributes and the host's labels are not taken from an archive", Form, Directory,
                   Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  TarEntry entry = directory("d");
  for (const char* name : {"trusted.overlay.opaque", "trusted.overlay.redirect", "user.overlay.opaque", "trusted.x"}) {
    entry.xattrs[name] = "y";
  }
  entry.xattrs["user.note"] = "kept";
  REQUIRE(target.unpack({entry}).ok());
  CHECK(target.xattrs("d") == std::vector<std::string>{"user.note"});
}

TEST_CASE_TEMPLATE("a root that is no directory is refused", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  check_refused<Form>({symbolic(".", "/etc")}, "root");
  check_refused<Form>({file(".")}, "root");
}

TEST_CASE_TEMPLATE("the umask does not matter", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  mode_t old = ::umask(077);
  Target<Form> target;
  auto result = target.unpack({file("implied/f"), directory("d"), link(TarType::fifo, "p", "")});
  ::umask(old);
  REQUIRE(result.ok());
  CHECK((target.stat("implied").st_mode & 07777) == 0755);
  CHECK((target.stat("d").st_mode & 07777) == 0755);
  CHECK((target.stat("implied/f").st_mode & 07777) == 0644);
}

TEST_CASE_TEMPLATE("a path may be longer than the kernel takes one", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  Target<Form> target;
  std::vector<TarEntry> entries;
  std::string name(255, 'd');
  std::string path;
  for (int depth = 0; depth < 20; ++depth) {
    path += name + '/';
    entries.push_back(directory(path));
    entries.back().mtime = depth;
  }
  entries.push_back(file(path + "first"));
  entries.push_back(hard(path + "second", path + "first"));
  entries.push_back(file(path + name, "deep"));
  auto result = target.unpack(entries);
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
  UniqueFd at = open_directory(target.root(), ".").value();
  for (int depth = 0; depth < 20; ++depth) {
    at = open_directory(at.get(), name).value();
    CHECK(sys::stat(at.get()).value().st_mtime == depth);
  }
  CHECK(read_file(at.get(), name).value() == "deep");
  CHECK(read_file(at.get(), "second").value() == "evil");
  CHECK(sys::stat(at.get(), "first").value().st_nlink == 2);
}

TEST_CASE_TEMPLATE("a path that is too long leads nowhere", Form, Directory, Index) {
  if (std::string need = missing<Form>(); !need.empty()) SKIP(need);
  std::string up;
  for (int i = 0; i < 2000; ++i) up += "../";
  std::string down;
  for (int i = 0; i < 300; ++i) down += "dddddddddddddd/";
  Target<Form> target;
  CHECK_FALSE(target
                  .unpack({directory("a"), symbolic("a/link", up + "outside"), file("a/link/" + down + "x"),
                           file(down + up + "outside/file")})
                  .ok());
  Target<Form> longest;
  CHECK_FALSE(longest.unpack({file(std::string(256, 'n'))}).ok());
}
