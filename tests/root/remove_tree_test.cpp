#include <unistd.h>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

using namespace aictr;
using aictr::test::TempDir;

TEST_CASE("a tree is not removed through a mount in it, of another file system or of the same one") {
  if (::geteuid() != 0) SKIP("needs root");
  TempDir dir;
  REQUIRE(make_directories(dir.fd(), "tree/mounted", 0700).ok());
  REQUIRE(make_directories(dir.fd(), "user", 0700).ok());
  REQUIRE(write_file(dir.fd(), "user/precious", "x", 0600).ok());
  std::string target = dir / "tree/mounted";
  REQUIRE(sys::mount(dir / "user", target, "", MS_BIND, "").ok());
  Defer unmount([&] { ignore(sys::umount(target, sys::kDetach)); });

  auto removed = remove_tree(dir.fd(), "tree");
  REQUIRE_FALSE(removed.ok());
  CHECK(removed.error().kind == Kind::busy);
  CHECK(removed.error().message == "remove 'tree': something is mounted on 'mounted'");
  CHECK_FALSE(remove_tree(dir.fd(), "tree/mounted").ok());
  CHECK(sys::exists(dir.fd(), "user/precious"));
}
