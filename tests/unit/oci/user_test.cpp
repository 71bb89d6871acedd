#include "oci/user.h"

#include <doctest/doctest.h>

using aictr::oci::resolve_user;

namespace {

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "ann:x:1000:1000:Ann:/home/ann:/bin/sh\n"
    "# a comment\n"
    "broken\n";
constexpr const char* kGroup =
    "root:x:0:\n"
    "ann:x:1000:\n"
    "video:x:44:bob,ann\n"
    "render:x:105:ann\n";

}  // namespace

TEST_CASE("no user is root with root's home") {
  auto account = resolve_user("", kPasswd, kGroup).value();
  CHECK(account.uid == 0);
  CHECK(account.home == "/root");
}

TEST_CASE("a name gets its row and every group that lists it") {
  auto account = resolve_user("ann", kPasswd, kGroup).value();
  CHECK(account.uid == 1000);
  CHECK(account.gid == 1000);
  CHECK(account.home == "/home/ann");
  CHECK(account.groups == std::vector<gid_t>{44, 105});
}

TEST_CASE("a number without a row is that user in group 0") {
  auto account = resolve_user("4242", kPasswd, kGroup).value();
  CHECK(account.uid == 4242);
  CHECK(account.gid == 0);
  CHECK(account.home == "/");
  CHECK(account.groups.empty());
}

TEST_CASE("a group behind the colon replaces all groups") {
  auto account = resolve_user("ann:video", kPasswd, kGroup).value();
  CHECK(account.gid == 44);
  CHECK(account.groups.empty());
  CHECK(resolve_user("1:2", "", "").value().gid == 2);
}

TEST_CASE("unknown names and numbers that do not fit are refused") {
  CHECK(resolve_user("eve", kPasswd, kGroup).error().kind == aictr::Kind::not_found);
  CHECK(resolve_user("ann:eve", kPasswd, kGroup).error().kind == aictr::Kind::not_found);
  for (const char* bad : {"4294967296", "4294967295", "1:4294967295", "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(resolve_user(bad, kPasswd, kGroup).error().kind == aictr::Kind::usage);
  }
}

TEST_CASE("a user that only looks like a number is a name, never user 0") {
  for (const char* odd : {"-1", "1x", "0x10", " 1", "+1"}) {
    CAPTURE(odd);
    CHECK_FALSE(resolve_user(odd, kPasswd, kGroup).ok());
  }
}
