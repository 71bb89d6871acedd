#include "base/process.h"

#include <signal.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/sys.h"

using namespace aictr;
using namespace std::chrono_literals;

namespace {

Command shell(const std::string& script) {
  return {"/bin/sh", {"sh", "-c", script}, {"PATH=/usr/bin:/bin"}, {}, {}};
}

}  // namespace

TEST_CASE("a program's output and exit code come back") {
  auto result = run_command(shell("echo out; echo err >&2; exit 3"));
  REQUIRE(result.ok());
  CHECK(result.value().output == "out\nerr\n");
  CHECK(result.value().ended.exit_code() == 3);
  CHECK_FALSE(result.value().ended.signaled);
}

TEST_CASE("a program that a signal ends says which") {
  auto result = run_command(shell("kill -TERM $$"));
  REQUIRE(result.ok());
  CHECK(result.value().ended.signaled);
  CHECK(result.value().ended.exit_code() == 128 + SIGTERM);
}

TEST_CASE("a program reads its whole input") {
  Command command = shell("wc -c");
  command.input = std::string(300'000, 'x');
  CHECK(run_command(command).value().output == "300000\n");
  CHECK(run_command(shell("wc -c")).value().output == "0\n");
}

TEST_CASE("a program that does not read its input does not end us") {
  Command command = shell("exec 0<&-; sleep 0.05; echo done");
  command.input = std::string(300'000, 'x');
  for (int i = 0; i < 5; ++i) CHECK(run_command(command).value().output == "done\n");
  sigset_t pending;
  REQUIRE(::sigpending(&pending) == 0);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("the environment is the given one alone, and no descriptor of ours is passed on") {
  int inherited = ::dup(0);  // not close-on-exec, like one that our own parent gave us
  REQUIRE(inherited >= 0);
  UniqueFd ours(inherited);
  auto result = run_command(shell("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=; ls /proc/self/fd | wc -l"));
  CHECK(result.value().output == "PATH=/usr/bin:/bin\n4\n");  // 0, 1, 2 and the directory that ls reads
}

TEST_CASE("signals are as in a fresh process") {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  REQUIRE(::sigprocmask(SIG_SETMASK, &all, &before) == 0);
  auto old = ::signal(SIGHUP, SIG_IGN);
  auto result = run_command(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  ::signal(SIGHUP, old);
  REQUIRE(::sigprocmask(SIG_SETMASK, &before, nullptr) == 0);
  CHECK(result.value().output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("long output is cut, not waited for") {
  auto result = run_command(shell("head -c 300000 /dev/zero"));
  REQUIRE(result.ok());
  CHECK(result.value().output.size() == 64U << 10);
}

TEST_CASE("a program that is not done in time is killed") {
  Command command = shell("exec sleep 60");
  command.deadline = 50ms;
  auto start = std::chrono::steady_clock::now();
  auto result = run_command(command);
  CHECK(std::chrono::steady_clock::now() - start < 10s);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == Kind::busy);
  CHECK(result.error().message == "run '/bin/sh': not done after 50 ms");
}

TEST_CASE("a program that closes its output but goes on is waited for, or killed") {
  Command command = shell("exec >&- 2>&-; exec sleep 60");
  command.deadline = 50ms;
  CHECK(run_command(command).error().kind == Kind::busy);
}

TEST_CASE("a program that cannot be started is an error with the reason") {
  auto missing = run_command({"/nowhere/program", {"program"}, {}, {}, {}});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().kind == Kind::not_found);
  CHECK(missing.error().message == "run '/nowhere/program': No such file or directory");
  CHECK(run_command({"/etc/passwd", {"passwd"}, {}, {}, {}}).error().kind == Kind::denied);
}
