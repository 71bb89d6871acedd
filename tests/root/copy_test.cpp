#include "images/copy.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/sys_xattr.h"
#include "tests/build_place.h"
#include "tests/skip.h"

using namespace aictr;
using test::BuildPlace;
using test::content;
using test::mode;
using test::status;

namespace {

// What `COPY arguments` makes of the context, on top of what `before` makes.
UniqueFd copied(BuildPlace& place, const std::string& arguments, const std::string& before = "") {
  return place.mount(place.build("FROM scratch\n" + before + "COPY " + arguments + "\n"));
}

void some_files(BuildPlace& place) {
  place.file("a.txt", "A");
  place.file("b.txt", "B");
  place.file("dir/c.txt", "C");
  place.file("dir/sub/d.txt", "D");
}

}  // namespace

TEST_CASE("a file takes the destination's name, or comes into it") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  CHECK(content(copied(place, "a.txt /x"), "x") == "A");
  CHECK(content(copied(place, "a.txt /x/"), "x/a.txt") == "A");
  CHECK(content(copied(place, "a.txt /x/y/z"), "x/y/z") == "A");
  CHECK(content(copied(place, "a.txt ."), "a.txt") == "A");
  CHECK(content(copied(place, "a.txt /app", "WORKDIR /app\n"), "app/a.txt") == "A");
  CHECK(content(copied(place, "a.txt ./", "WORKDIR /app\n"), "app/a.txt") == "A");
  CHECK(content(copied(place, "../../a.txt/ x"), "x") == "A");
  CHECK(content(copied(place, "dir/sub/d.txt dir/c.txt /to/"), "to/d.txt") == "D");
}

TEST_CASE("a folder brings what it holds, not itself") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  UniqueFd root = copied(place, "dir /x");
  CHECK(content(root, "x/c.txt") == "C");
  CHECK(content(root, "x/sub/d.txt") == "D");
  CHECK(content(copied(place, "dir/ /x/"), "x/sub/d.txt") == "D");
  CHECK(content(copied(place, ". /"), "dir/sub/d.txt") == "D");
  UniqueFd merged = copied(place, "dir /x", "COPY a.txt /x/sub/\nCOPY b.txt /x/c.txt\n");
  CHECK(content(merged, "x/sub/a.txt") == "A");
  CHECK(content(merged, "x/c.txt") == "C");
}

TEST_CASE("wildcards find files and folders, a component at a time") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  UniqueFd root = copied(place, "*.txt /x/");
  CHECK(content(root, "x/a.txt") == "A");
  CHECK(content(root, "x/b.txt") == "B");
  CHECK_FALSE(sys::exists(root.get(), "x/c.txt"));
  CHECK(content(copied(place, "d*/c.* /x/"), "x/c.txt") == "C");
  CHECK(content(copied(place, "*/c.txt /x/"), "x/c.txt") == "C");  // and none in the files beside
  CHECK(content(copied(place, "d?r /x/"), "x/c.txt") == "C");
  CHECK(content(copied(place, "[a]* /x/"), "x/a.txt") == "A");
  CHECK(place.build("FROM scratch\nCOPY *.none /x/\n").config.diff_ids.empty());  // nothing, and no error
  place.file("st*r", "star");
  CHECK(content(copied(place, "st\\*r /x"), "x") == "star");
}

TEST_CASE("modes, setuid bits, times and attributes are kept; the owner becomes root") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("d/tool", "x", 04751);
  REQUIRE(sys::chown(AT_FDCWD, place.context() + "/d/tool", 1234, 1234).ok());
  REQUIRE(sys::chmod_at(AT_FDCWD, place.context() + "/d/tool", 04751).ok());
  UniqueFd file = sys::open(place.context() + "/d/tool", O_RDWR).value();
  REQUIRE(sys::set_xattr(file.get(), "user.note", "hello").ok());
  REQUIRE(sys::chmod_at(AT_FDCWD, place.context() + "/d", 01770).ok());
  REQUIRE(sys::set_times(AT_FDCWD, place.context() + "/d/tool", {5, 0}, {1'000'000'000, 0}).ok());
  REQUIRE(sys::set_times(AT_FDCWD, place.context() + "/d", {5, 0}, {1'100'000'000, 0}).ok());
  UniqueFd root = copied(place, ". /x/");
  CHECK(mode(root, "x/d/tool") == 04751);
  CHECK(status(root, "x/d/tool").st_uid == 0);
  CHECK(status(root, "x/d/tool").st_mtim.tv_sec == 1'000'000'000);
  CHECK(mode(root, "x/d") == 01770);
  CHECK(status(root, "x/d").st_mtim.tv_sec == 1'100'000'000);
  UniqueFd copy = sys::open(root.get(), "x/d/tool", O_RDONLY).value();
  CHECK(sys::get_xattr(copy.get(), "user.note").value_or("") == "hello");
}

TEST_CASE("links inside of a folder stay links, a link that is the source is followed") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  REQUIRE(sys::symlink("c.txt", AT_FDCWD, place.context() + "/dir/link").ok());
  REQUIRE(sys::symlink("nowhere", AT_FDCWD, place.context() + "/dir/dangling").ok());
  REQUIRE(sys::symlink("/dir", AT_FDCWD, place.context() + "/folder").ok());  // inside of the context, not the host
  REQUIRE(sys::link(AT_FDCWD, place.context() + "/dir/c.txt", AT_FDCWD, place.context() + "/dir/sub/hard").ok());
  UniqueFd root = copied(place, "dir /x");
  CHECK(sys::readlink(root.get(), "x/link").value() == "c.txt");
  CHECK(sys::readlink(root.get(), "x/dangling").value() == "nowhere");
  CHECK(status(root, "x/c.txt").st_ino == status(root, "x/sub/hard").st_ino);
  CHECK(status(root, "x/c.txt").st_nlink == 2);
  CHECK(content(copied(place, "folder /x"), "x/c.txt") == "C");
  CHECK(content(copied(place, "folder/link /x/"), "x/link") == "C");
  REQUIRE(sys::symlink("/etc/passwd", AT_FDCWD, place.context() + "/out").ok());
  CHECK(place.refusal("FROM scratch\nCOPY out /x\n") ==
        "Dockerfile:2: 'out' is a link to '/etc/passwd', which is not in the build context '" + place.context() + "'");
}

TEST_CASE("links of the root file system are followed inside of it") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  place.runner.act = [](int root, const images::Step&, const images::OutputSink&) {
    ignore(sys::mkdir(root, "real", 0755));
    ignore(sys::symlink("/real", root, "link"));
    ignore(sys::symlink("../../../real/deep", root, "dangling"));
    ignore(sys::symlink("real/target", root, "to_file"));
    ignore(sys::symlink("circle", root, "circle"));
    return 0;
  };
  const std::string links = "RUN make links\n";
  CHECK(content(copied(place, "a.txt /link/", links), "real/a.txt") == "A");
  CHECK(content(copied(place, "a.txt /link", links), "real/a.txt") == "A");
  CHECK(content(copied(place, "dir /link", links), "real/c.txt") == "C");
  CHECK(content(copied(place, "a.txt /dangling/x/y", links), "real/deep/x/y") == "A");
  CHECK(content(copied(place, "a.txt /to_file", links), "real/target") == "A");
  CHECK_FALSE(sys::exists(AT_FDCWD, "/real"));
  CHECK(place.refusal("FROM scratch\n" + links + "COPY a.txt /circle\n").starts_with("Dockerfile:3: "));
  // Inside of a copied folder a link is replaced, not followed.
  place.file("files/link", "mine");
  UniqueFd root = copied(place, "files /", links);
  CHECK(S_ISREG(status(root, "link").st_mode));
}

TEST_CASE("a file and a folder never take each other's place") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  CHECK(place.refusal("FROM scratch\nCOPY a.txt /x\nCOPY dir /x\n") == "Dockerfile:3: '/x' is not a directory");
  CHECK(place.refusal("FROM scratch\nCOPY a.txt /x/sub\nCOPY dir /x\n") ==
        "Dockerfile:3: 'sub': 'sub' is not a directory there");
  CHECK(place.refusal("FROM scratch\nCOPY dir /x/c.txt\nCOPY dir /x\n") ==
        "Dockerfile:3: 'c.txt': 'c.txt' is a directory there");
  CHECK(place.refusal("FROM scratch\nCOPY a.txt /x\nCOPY b.txt /x/y\n") == "Dockerfile:3: '/x' is not a directory");
}

TEST_CASE("several files need a folder to come into") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  CHECK(place.refusal("FROM scratch\nCOPY a.txt b.txt /x\n") ==
        "Dockerfile:2: '/x' is not a directory, and several files come there | write '/x/'");
  CHECK(place.refusal("FROM scratch\nCOPY *.txt /x\n").starts_with("Dockerfile:2: '/x' is not a directory"));
  CHECK(content(copied(place, "a.txt b.txt /x", "WORKDIR /x\n"), "x/b.txt") == "B");
  CHECK(content(copied(place, "dir a.txt /x/"), "x/c.txt") == "C");
}

TEST_CASE("a source that is missing is named, with what may be meant") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  place.file(".dockerignore", "# data\ndata\n*.bin\n");
  place.file("data/set", "");
  place.file("model.bin", "");
  std::string context = "the build context '" + place.context() + "'";
  CHECK(place.refusal("FROM scratch\nCOPY c.txt /x\n") ==
        "Dockerfile:2: 'c.txt' is not in " + context + " | did you mean 'a.txt'?");
  CHECK(place.refusal("FROM scratch\nCOPY dir/e.txt /x\n") ==
        "Dockerfile:2: 'dir/e.txt' is not in " + context + " | did you mean 'dir/c.txt'?");
  CHECK(place.refusal("FROM scratch\nCOPY data/set /x\n") ==
        "Dockerfile:2: 'data/set' is not in " + context +
            ": 'data' in .dockerignore:2 leaves it out | add '!data/set' at the end of .dockerignore");
  CHECK(place.refusal("FROM scratch\nCOPY data /x\n").find(".dockerignore:2") != std::string::npos);
  CHECK(place.refusal("FROM scratch\nCOPY model.bin /x\n").find("'*.bin' in .dockerignore:3") != std::string::npos);
  CHECK(place.refusal("FROM scratch\nCOPY [\"\"[\", \"/x\"]\n").starts_with("Dockerfile:2: "));
}

TEST_CASE("ignored files do not come along, and what is taken back does") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  place.file("__pycache__/x.pyc");
  place.file("dir/__pycache__/y.pyc");
  place.file("data/big");
  place.file("data/keep/small");
  place.file(".dockerignore", "**/__pycache__\ndata\n!data/keep\nDockerfile\n.dockerignore\n");
  UniqueFd root = copied(place, ". /x");
  CHECK_FALSE(sys::exists(root.get(), "x/__pycache__"));
  CHECK_FALSE(sys::exists(root.get(), "x/dir/__pycache__"));
  CHECK_FALSE(sys::exists(root.get(), "x/data/big"));
  CHECK(sys::exists(root.get(), "x/data/keep/small"));
  CHECK(sys::exists(root.get(), "x/dir/sub/d.txt"));
  CHECK_FALSE(sys::exists(root.get(), "x/.dockerignore"));
  CHECK_FALSE(sys::exists(copied(place, "data* /y").get(), "y/big"));
  // The file beside the Dockerfile goes first.
  place.file("Dockerfile.dockerignore", "dir\n");
  UniqueFd other = copied(place, ". /x");
  CHECK(sys::exists(other.get(), "x/data/big"));
  CHECK_FALSE(sys::exists(other.get(), "x/dir"));
}

TEST_CASE("--exclude leaves out by patterns below the source") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  UniqueFd root = copied(place, "--exclude=**/*.txt --exclude=!sub/d.txt dir /x");
  CHECK_FALSE(sys::exists(root.get(), "x/c.txt"));
  CHECK(content(root, "x/sub/d.txt") == "D");
  CHECK_FALSE(sys::exists(copied(place, "--exclude=a* *.txt /x/").get(), "x/a.txt"));
}

TEST_CASE("--chown and --chmod") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  some_files(place);
  place.file("passwd", "root:x:0:0::/:/bin/sh\nme:x:1000:2000::/home/me:/bin/sh\n");
  place.file("group", "root:x:0:\nus:x:3000:\n");
  const std::string accounts = "COPY passwd group /etc/\n";
  UniqueFd named = copied(place, "--chown=me:us dir /x/y", accounts);
  CHECK(status(named, "x/y/c.txt").st_uid == 1000);
  CHECK(status(named, "x/y/c.txt").st_gid == 3000);
  CHECK(status(named, "x").st_uid == 1000);  // folders made on the way too
  CHECK(status(copied(place, "--chown=me a.txt /x", accounts), "x").st_gid == 2000);
  CHECK(status(copied(place, "--chown=7 a.txt /x"), "x").st_gid == 7);
  CHECK(status(copied(place, "--chown=7:8 a.txt /x"), "x").st_gid == 8);
  UniqueFd moded = copied(place, "--chmod=0750 dir /x/y");
  CHECK(mode(moded, "x/y/c.txt") == 0750);
  CHECK(mode(moded, "x/y/sub") == 0750);
  CHECK(mode(moded, "x") == 0750);
  CHECK(mode(copied(place, "--chmod=u=rwX,go= dir /x"), "x/sub/d.txt") == 0600);
  CHECK(place.refusal("FROM scratch\nCOPY --chown=nobody a.txt /x\n").starts_with("Dockerfile:2: --chown: "));
  CHECK(place.refusal("FROM scratch\nCOPY --chmod=99 a.txt /x\n") ==
        "Dockerfile:2: COPY: --chmod: '99' is no mode | write 0755, or u=rwX,go=rX");
}

TEST_CASE("heredocs become files") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  auto image =
      place.build("FROM scratch\nENV who=me\nCOPY <<one <<'two' /x/\nhello $who\none\n$who\ntwo\nCOPY <<E /y\n\nE\n");
  UniqueFd root = place.mount(image);
  CHECK(content(root, "x/one") == "hello me\n");
  CHECK(content(root, "x/two") == "$who\n");
  CHECK(content(root, "y") == "\n");
  CHECK(mode(root, "y") == 0644);
}

TEST_CASE("special files") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  REQUIRE(sys::mknod(AT_FDCWD, place.context() + "/fifo", S_IFIFO | 0640, 0).ok());
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string path = place.context() + "/socket";
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  UniqueFd root = copied(place, ". /x/");
  CHECK(S_ISFIFO(status(root, "x/fifo").st_mode));
  CHECK(S_ISREG(status(root, "x/socket").st_mode));
  CHECK(status(root, "x/socket").st_size == 0);
}

TEST_CASE("ADD unpacks archives by what is in them, and copies every other file") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("plain", "text");
  place.file("tree/inner/file", "inside", 0640);
  REQUIRE(std::system(("cd " + place.context() + " && chown -R 5:6 tree && tar -czf data.bin -C tree . && " +
                       "tar -cf data.tar -C tree . && gzip -k plain && rm -r tree")
                          .c_str()) == 0);
  CHECK(content(place.mount(place.build("FROM scratch\nADD plain /x\n")), "x") == "text");

  for (const char* name : {"data.bin", "data.tar"}) {
    UniqueFd root = place.mount(place.build(std::string("FROM scratch\nADD ") + name + " /opt/x\n"));
    CHECK(content(root, "opt/x/inner/file") == "inside");
    CHECK(mode(root, "opt/x/inner/file") == 0640);
    CHECK(status(root, "opt/x/inner/file").st_uid == 5);
    CHECK(status(root, "opt/x/inner/file").st_gid == 6);
  }
  UniqueFd owned = place.mount(place.build("FROM scratch\nADD --chown=7:8 data.tar /opt/x/\n"));
  CHECK(status(owned, "opt/x/inner/file").st_uid == 7);
  CHECK(status(owned, "opt").st_gid == 8);

  UniqueFd copied = place.mount(place.build("FROM scratch\nADD --unpack=false data.tar /x\nADD plain.gz /y\n"));
  CHECK(S_ISREG(status(copied, "x").st_mode));
  CHECK(S_ISREG(status(copied, "y").st_mode));
  CHECK(S_ISREG(status(place.mount(place.build("FROM scratch\nCOPY data.tar /x\n")), "x").st_mode));
}

TEST_CASE("an archive that ADD unpacks reaches nothing outside of its destination") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("evil/file", "evil");
  REQUIRE(
      std::system(("cd " + place.context() + " && ln -s /outside evil/link && tar -cf evil.tar -C evil link && " +
                   "rm evil/link && mkdir evil/link && mv evil/file evil/link/ && tar -rf evil.tar -C evil link/file " +
                   "&& rm -r evil")
                      .c_str()) == 0);
  UniqueFd root = place.mount(place.build("FROM scratch\nADD evil.tar /x/\n"));
  CHECK(content(root, "outside/file") == "(missing)");
  CHECK(access("/outside/file", F_OK) != 0);
}
