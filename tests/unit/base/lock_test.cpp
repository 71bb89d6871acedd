#include "base/lock.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "tests/temp_dir.h"

using namespace aictr;
using aictr::test::TempDir;
using Mode = FileLock::Mode;

namespace {

bool is_free(const TempDir& dir, Mode mode) {
  auto lock = FileLock::try_acquire(dir.fd(), "lock", mode);
  CHECK((lock.ok() || lock.error().kind == Kind::busy));
  return lock.ok();
}

}  // namespace

TEST_CASE("an exclusive lock keeps everybody out until it goes") {
  TempDir dir;
  {
    auto lock = FileLock::acquire(dir.fd(), "lock", Mode::exclusive);
    REQUIRE(lock.ok());
    CHECK_FALSE(is_free(dir, Mode::exclusive));
    CHECK_FALSE(is_free(dir, Mode::shared));
  }
  CHECK(is_free(dir, Mode::exclusive));
}

TEST_CASE("shared locks go together and keep an exclusive one out") {
  TempDir dir;
  auto lock = FileLock::acquire(dir.fd(), "lock", Mode::shared);
  CHECK(is_free(dir, Mode::shared));
  CHECK_FALSE(is_free(dir, Mode::exclusive));
}

TEST_CASE("a lock goes with the process that held it, however it ends") {
  TempDir dir;
  sys::Pipe ready = sys::pipe().value();
  auto child = sys::clone3(0);
  REQUIRE(child.ok());
  if (child.value().pid == 0) {
    auto lock = FileLock::acquire(dir.fd(), "lock", Mode::exclusive);
    ignore(sys::write_all(ready.write_end.get(), "."));
    for (;;) ::pause();
  }
  char c;
  REQUIRE(sys::read(ready.read_end.get(), std::span(&c, 1)).value() == 1);
  CHECK_FALSE(is_free(dir, Mode::exclusive));
  REQUIRE(sys::kill(child.value().pid, SIGKILL).ok());
  REQUIRE(sys::wait(child.value().pid).ok());
  CHECK(is_free(dir, Mode::exclusive));
}

TEST_CASE("a lock that cannot be made names its path, and never follows a link") {
  TempDir dir;
  auto lock = FileLock::acquire(dir.fd(), "none/lock", Mode::shared);
  REQUIRE_FALSE(lock.ok());
  CHECK(lock.error().message == "open 'none/lock': No such file or directory");
  REQUIRE(sys::symlink("elsewhere", dir.fd(), "lock").ok());
  CHECK_FALSE(FileLock::acquire(dir.fd(), "lock", Mode::shared).ok());
  CHECK_FALSE(sys::exists(dir.fd(), "elsewhere"));
}

TEST_CASE("random names have the length asked for and differ") {
  CHECK(random_hex(0).value().empty());
  CHECK(random_hex(7).value().size() == 7);
  std::string one = random_hex(64).value();
  CHECK(one.size() == 64);
  CHECK(one.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(one != random_hex(64).value());
}
