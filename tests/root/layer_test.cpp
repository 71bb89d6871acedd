// Packing and unpacking of layers, against GNU tar.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/hash.h"
#include "images/layer_pack.h"
#include "images/layer_unpack.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"
#include "tests/tree.h"

using namespace aictr;
using namespace aictr::images;
using aictr::test::describe_tree;
using aictr::test::differences;
using aictr::test::shell;

namespace {

void set_xattr(const std::string& path, const std::string& name, std::string_view value) {
  UniqueFd fd = sys::open(path, O_RDONLY).value();
  REQUIRE(sys::set_xattr(fd.get(), name, value).ok());
}

void remove_xattr(const std::string& path, const std::string& name) {
  UniqueFd fd = sys::open(path, O_RDONLY).value();
  REQUIRE(sys::remove_xattr(fd.get(), name).ok());
}

// A POSIX ACL as the kernel keeps it: version 2, then tag, permissions and ID of each entry (posix_acl_xattr.h).
struct AclEntry {
  int tag;
  int permissions;
  int id;
};
std::string acl(const std::vector<AclEntry>& entries) {
  std::string bytes("\2\0\0\0", 4);
  for (const AclEntry& entry : entries) {
    for (int shift : {0, 8}) bytes += static_cast<char>(entry.tag >> shift);
    for (int shift : {0, 8}) bytes += static_cast<char>(entry.permissions >> shift);
    for (int shift : {0, 8, 16, 24}) bytes += static_cast<char>(entry.id >> shift);
  }
  return bytes;
}

void set_xattrs(const std::string& root) {
  set_xattr(root + "/cap", "security.capability", std::string_view("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
  set_xattr(root + "/attr", "user.note", "v a\nl=");
  set_xattr(root + "/attr", "user.empty", "");
  set_xattr(root + "/attrdir", "user.d", "1");
  set_xattr(root + "/acl", "system.posix_acl_default",
            acl({{0x01, 6, -1}, {0x04, 5, -1}, {0x08, 4, 9}, {0x10, 7, -1}, {0x20, 4, -1}}));
  set_xattr(root + "/acl/file", "system.posix_acl_access",
            acl({{0x01, 6, -1}, {0x02, 7, 1234567}, {0x04, 5, -1}, {0x10, 7, -1}, {0x20, 4, -1}}));
}

void make_tree(const std::string& root, bool backwards) {
  REQUIRE(make_directories(AT_FDCWD, root, 0755).ok());
  const char* source = std::getenv("AICTR_SOURCE");
  REQUIRE(shell(fmt::format("'{}/tests/fixtures/make_tree.sh' '{}' {}", source != nullptr ? source : ".", root,
                            backwards ? "backwards" : "")) == 0);
  set_xattrs(root);
}

void pack_to(const std::string& tree, const std::string& file) {
  UniqueFd root = open_directory(AT_FDCWD, tree).value();
  UniqueFd out = sys::open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600).value();
  auto packed = pack_layer(root.get(), [&](std::string_view data) { return sys::write_all(out.get(), data); });
  REQUIRE_MESSAGE(packed.ok(), (packed.ok() ? "" : packed.error().message));
}

Result<Unpacked> unpack(const std::string& file, const std::string& tree) {
  UniqueFd root = make_and_open_directory(AT_FDCWD, tree, 0755).value();
  UniqueFd in = sys::open(file, O_RDONLY).value();
  FdSource source(in.get());
  return unpack_layer(source, root.get());
}

oci::Digest digest_of(const std::string& tree) {
  UniqueFd root = open_directory(AT_FDCWD, tree).value();
  Sha256 hash;
  REQUIRE(pack_layer(root.get(), [&](std::string_view data) {
            hash.update(data);
            return Result<void>();
          }).ok());
  return hash.finish();
}

}  // namespace

TEST_CASE("what is packed, GNU tar extracts to the same tree") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  make_tree(dir / "from", false);
  // GNU tar reads ACLs from records of its own only.
  remove_xattr(dir / "from/acl", "system.posix_acl_default");
  remove_xattr(dir / "from/acl/file", "system.posix_acl_access");
  pack_to(dir / "from", dir / "layer.tar");
  REQUIRE(sys::mkdir(dir.fd(), "to", 0755).ok());
  REQUIRE(shell(fmt::format("tar -C '{}/to' --xattrs --xattrs-include='*' -xpf '{}/layer.tar' 2>&1", dir.path(),
                            dir.path())) == 0);
  CHECK(differences(describe_tree(dir / "from"), describe_tree(dir / "to")) == "");
}

TEST_CASE("what is packed, and what GNU tar packs, is unpacked to the same tree") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(make_directories(dir.fd(), "from", 0755).ok());
  make_tree(dir / "from", false);
  pack_to(dir / "from", dir / "0.tar");
  std::string tar = fmt::format("tar -C '{}/from' ", dir.path());
  REQUIRE(shell(tar + fmt::format("--format=pax --xattrs --xattrs-include='*' -cf '{}/1.tar' .", dir.path())) == 0);
  REQUIRE(shell(tar +
                fmt::format("--format=pax --sparse --xattrs --xattrs-include='*' -czf '{}/2.tar' .", dir.path())) == 0);
  for (std::string name : {"0", "1", "2"}) {
    CAPTURE(name);
    auto unpacked = unpack(dir / (name + ".tar"), dir / name);
    REQUIRE_MESSAGE(unpacked.ok(), (unpacked.ok() ? "" : unpacked.error().message));
    CHECK(differences(describe_tree(dir / "from"), describe_tree(dir / name)) == "");
  }
}

TEST_CASE("GNU, ustar and v7 archives are unpacked as GNU tar does it") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(make_directories(dir.fd(), "from", 0755).ok());
  make_tree(dir / "from", false);
  // What the older formats cannot say.
  REQUIRE(shell(fmt::format("cd '{}/from' && rm -rf d longlink nnn* hhh* zzh* future bigid negative", dir.path())) ==
          0);
  for (std::string format : {"gnu", "oldgnu", "ustar", "v7"}) {
    CAPTURE(format);
    std::string archive = dir / (format + ".tar");
    std::string extra = format == "v7" ? "--exclude=./fifo --exclude=./null --exclude=./disk" : "";
    REQUIRE(shell(fmt::format("tar -C '{}/from' --format={} {} -cf '{}' .", dir.path(), format, extra, archive)) == 0);
    REQUIRE(make_directories(dir.fd(), "expected-" + format, 0755).ok());
    REQUIRE(shell(fmt::format("tar -C '{}/expected-{}' -xpf '{}'", dir.path(), format, archive)) == 0);
    auto unpacked = unpack(archive, dir / ("got-" + format));
    REQUIRE_MESSAGE(unpacked.ok(), (unpacked.ok() ? "" : unpacked.error().message));
    CHECK(differences(describe_tree(dir / ("expected-" + format)), describe_tree(dir / ("got-" + format))) == "");
  }
}

TEST_CASE("the same tree packs to the same bytes, in whatever order it was made") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  for (std::string name : {"one", "two"}) {
    REQUIRE(make_directories(dir.fd(), name, 0755).ok());
    make_tree(dir / name, name == "two");
  }
  CHECK(digest_of(dir / "one") == digest_of(dir / "one"));
  CHECK(digest_of(dir / "one") == digest_of(dir / "two"));
  REQUIRE(unpack((pack_to(dir / "one", dir / "tar"), dir / "tar"), dir / "three").ok());
  CHECK(digest_of(dir / "one") == digest_of(dir / "three"));
  REQUIRE(shell(fmt::format("touch -d @1600000001 '{}/plain'", dir / "two")) == 0);
  CHECK_FALSE(digest_of(dir / "one") == digest_of(dir / "two"));
}

TEST_CASE("the digest is of the uncompressed bytes, to the end of the stream") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(
      shell(fmt::format("cd '{}' && mkdir from && echo x > from/f && tar -C from -cf a.tar . && echo trailing >> a.tar"
                        " && gzip -k a.tar && xz -k a.tar && bzip2 -k a.tar && zstd -q a.tar",
                        dir.path())) == 0);
  UniqueFd in = sys::open(dir / "a.tar", O_RDONLY).value();
  std::string bytes = sys::read_to_end(in.get()).value();
  for (std::string suffix : {"", ".gz", ".xz", ".bz2", ".zst"}) {
    CAPTURE(suffix);
    auto unpacked = unpack(dir / ("a.tar" + suffix), dir / ("to" + suffix));
    REQUIRE_MESSAGE(unpacked.ok(), (unpacked.ok() ? "" : unpacked.error().message));
    CHECK(unpacked.value().diff_id == sha256(bytes));
    CHECK(unpacked.value().size == static_cast<std::int64_t>(bytes.size()));
  }
}

TEST_CASE("truncated and damaged streams are corrupt") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(shell(fmt::format("cd '{}' && head -c 100000 /dev/urandom > f && tar -cf a.tar f && gzip -k a.tar && "
                            "head -c 50000 a.tar > short.tar && head -c 50000 a.tar.gz > short.tar.gz && "
                            "cp a.tar.gz bad.tar.gz && printf XXXX | dd of=bad.tar.gz bs=1 seek=50000 conv=notrunc "
                            "status=none && head -c 100000 /dev/urandom > noise && cp a.tar sum.tar && "
                            "printf 9 | dd of=sum.tar bs=1 seek=110 conv=notrunc status=none",
                            dir.path())) == 0);
  for (std::string name : {"short.tar", "short.tar.gz", "bad.tar.gz", "noise", "sum.tar"}) {
    CAPTURE(name);
    auto unpacked = unpack(dir / name, dir / ("to-" + name));
    REQUIRE_FALSE(unpacked.ok());
    CHECK(unpacked.error().kind == Kind::corrupt);
  }
}

TEST_CASE("whiteouts and opaque directories survive packing and unpacking") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(shell(fmt::format("cd '{}' && mkdir -p from/sub from/opaque && mknod from/gone c 0 0 && "
                            "ln from/gone from/sub/too && echo new > from/opaque/new",
                            dir.path())) == 0);
  set_xattr(dir / "from/opaque", "trusted.overlay.opaque", "y");
  set_xattr(dir / "from/sub", "trusted.overlay.impure", "y");
  set_xattr(dir / "from/opaque/new", "trusted.overlay.origin", "x");
  pack_to(dir / "from", dir / "layer.tar");
  REQUIRE(shell(fmt::format("cd '{}' && tar -tf layer.tar | sort > list && printf '%s\\n' .wh.gone opaque/ "
                            "opaque/.wh..wh..opq opaque/new sub/ sub/.wh.too | sort | cmp - list",
                            dir.path())) == 0);
  REQUIRE(unpack(dir / "layer.tar", dir / "to").ok());
  auto whiteout = sys::stat(AT_FDCWD, dir / "to/gone").value();
  CHECK(S_ISCHR(whiteout.st_mode));
  CHECK(whiteout.st_rdev == 0);
  UniqueFd opaque = open_directory(AT_FDCWD, dir / "to/opaque").value();
  CHECK(sys::get_xattr(opaque.get(), "trusted.overlay.opaque").value() == "y");
  CHECK(digest_of(dir / "from") == digest_of(dir / "to"));
}

TEST_CASE("what a layer cannot say is refused by name") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(shell(fmt::format("cd '{}' && mkdir -p wh/sub moved/sub && echo x > wh/sub/.wh.x", dir.path())) == 0);
  set_xattr(dir / "moved/sub", "trusted.overlay.redirect", "/old");
  for (std::string name : {"wh", "moved"}) {
    CAPTURE(name);
    UniqueFd root = open_directory(AT_FDCWD, dir / name).value();
    auto packed = pack_layer(root.get(), [](std::string_view) { return Result<void>(); });
    REQUIRE_FALSE(packed.ok());
    CHECK(packed.error().kind == Kind::unsupported);
    CHECK(packed.error().message.find("sub") != std::string::npos);
  }
}

TEST_CASE("a socket is left out, and a root of its own mode is an entry") {
  if (::geteuid() != 0) SKIP("needs root");
  test::TempDir dir;
  REQUIRE(make_directories(dir.fd(), "from", 0755).ok());
  REQUIRE(sys::mknod(dir.fd(), "from/socket", S_IFSOCK | 0600, 0).ok());
  pack_to(dir / "from", dir / "plain.tar");
  CHECK(sys::stat(AT_FDCWD, dir / "plain.tar").value().st_size == 1024);
  REQUIRE(shell(fmt::format("chmod 700 '{}/from' && chown 3:4 '{}/from'", dir.path(), dir.path())) == 0);
  pack_to(dir / "from", dir / "root.tar");
  REQUIRE(unpack(dir / "root.tar", dir / "to").ok());
  CHECK(differences(describe_tree(dir / "from"), describe_tree(dir / "to")).find(". ") == std::string::npos);
}
