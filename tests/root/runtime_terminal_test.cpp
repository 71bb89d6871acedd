#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <pty.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/unix_socket.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// `aictr-runtime run` on a terminal whose other side the test holds.
class Person {
 public:
  explicit Person(TestBundle& bundle, const std::string& script) {
    bundle.process().terminal = true;
    bundle.process().args = {"sh", "-c", script};
    bundle.runtime({"list"});  // writes config.json
    winsize size{};
    size.ws_row = 33;
    size.ws_col = 111;
    pid_ = ::forkpty(&master_, nullptr, nullptr, &size);
    REQUIRE(pid_ >= 0);
    if (pid_ > 0) return;
    std::string command = fmt::format(
        "before=$(stty -g); $AICTR_BIN/aictr-runtime --root {} run -b {} {}; echo code=$?;"
        "test \"$before\" = \"$(stty -g)\" && echo restored",
        bundle.state_root(), bundle.path(), bundle.id());
    ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(99);
  }
  ~Person() {
    ::kill(pid_, SIGKILL);
    ignore(sys::wait(pid_));
    ::close(master_);
  }

  void type(const std::string& text) const {
    REQUIRE(::write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  void resize(unsigned short rows, unsigned short columns) const {
    winsize size{};
    size.ws_row = rows;
    size.ws_col = columns;
    REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);
  }

  // Reads on until the text has come.
  bool sees(const std::string& text) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (seen_.find(text) == std::string::npos && std::chrono::steady_clock::now() < end) {
      pollfd polled{master_, POLLIN, 0};
      if (::poll(&polled, 1, 100) <= 0) continue;
      char buffer[4096];
      ssize_t n = ::read(master_, buffer, sizeof buffer);
      if (n <= 0) break;
      seen_.append(buffer, static_cast<std::size_t>(n));
    }
    return seen_.find(text) != std::string::npos;
  }
  const std::string& seen() const { return seen_; }

 private:
  pid_t pid_ = -1;
  int master_ = -1;
  std::string seen_;
};

}  // namespace

TEST_CASE("a terminal is carried both ways and ours is restored afterwards") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "tty; stty size; echo ready; read line; echo got $line; exit 4");
  CHECK(person.sees("/dev/pts/0\r\n33 111\r\nready\r\n"));
  person.type("hello\n");
  CHECK(person.sees("got hello"));
  CHECK(person.sees("code=4"));
  CHECK(person.sees("restored"));
}

TEST_CASE("the container's terminal takes the size of ours when that changes") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done");
  CHECK(person.sees("ready"));
  person.resize(40, 120);
  CHECK(person.sees("40 120"));
  CHECK(person.sees("restored"));
}

TEST_CASE("an interrupt that is typed goes to the container's foreground process") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.05; done");
  CHECK(person.sees("ready"));
  person.type("\x03");
  CHECK(person.sees("interrupted"));
  CHECK(person.sees("code=5"));
  CHECK(person.sees("restored"));
}

TEST_CASE("the terminal is restored when the container is killed") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "echo ready; sleep 100");
  CHECK(person.sees("ready"));
  CHECK(bundle.runtime({"kill", bundle.id(), "KILL"}).exit_code == 0);
  CHECK(person.sees("code=137"));
  CHECK(person.sees("restored"));
}

TEST_CASE("much output arrives whole, to the last byte") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; echo -n last");
  CHECK(person.sees("line 2999\r\nlast"));
  CHECK(person.sees("code=0"));
}

TEST_CASE("a container that closes its terminal does not end the relay, nor keep a processor busy") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "exec 0<&- 1>&- 2>&-; sleep 1; echo again >/dev/console");
  CHECK(person.sees("again"));
  CHECK(person.sees("restored"));
}

TEST_CASE("the program in the container writes plain newlines, as under runc") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  Person person(bundle, "stty -a | grep -o -E -- '-?onlcr'");
  CHECK(person.sees("-onlcr"));
}

TEST_CASE("the console is the terminal, of the size of the spec, and owned by the user") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().user.uid = 1000;
  Person person(bundle, "stat -c '%u %a' /dev/pts/0; echo to the console >/dev/console; ls -l /proc/self/fd/0");
  CHECK(person.sees("1000 620"));
  CHECK(person.sees("to the console"));
  CHECK(person.sees("/dev/pts/0"));
}

TEST_CASE("create hands the master side to the console socket") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto folder = sys::open(AT_FDCWD, bundle.path(), O_PATH | O_DIRECTORY);
  auto listener = sys::listen_at(folder.value().get(), "console", SOCK_STREAM);
  REQUIRE(listener.ok());
  bundle.process().terminal = true;
  bundle.process().console_size = oci::ConsoleSize{21, 77};
  bundle.process().args = {"sh", "-c", "stty size; echo over the socket"};
  Outcome outcome = bundle.create({"--console-socket", bundle.path("console")});
  REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
  auto connection = sys::accept(listener.value().get());
  auto message = sys::receive_message(connection.value().get());
  REQUIRE(message.ok());
  REQUIRE(message.value().fds.size() == 1);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  std::string seen;
  for (int i = 0; i < 100 && seen.find("socket") == std::string::npos; ++i) {
    char buffer[512];
    auto n = sys::read(message.value().fds[0].get(), buffer);
    if (!n.ok() || n.value() == 0) break;
    seen.append(buffer, n.value());
  }
  CHECK(seen.find("21 77\r\nover the socket") != std::string::npos);
}

TEST_CASE("a terminal without a place to go is refused, and a socket without a terminal") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().terminal = true;
  CHECK(bundle.create().says("cannot allocate tty if runc will detach without setting console socket"));
  bundle.process().terminal = false;
  CHECK(bundle.create({"--console-socket", "/x"}).says("cannot use console socket if runc will not detach"));
}

TEST_CASE("signals that the runtime gets go to the container") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sh", "-c", "trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done"};
  bundle.runtime({"list"});
  std::string command = fmt::format(
      "$AICTR_BIN/aictr-runtime --root {0} run -b {1} {2} >{1}/output & p=$!;"
      "while ! grep -q ready {1}/output; do sleep 0.05; done; kill -TERM $p; wait $p",
      bundle.state_root(), bundle.path(), bundle.id());
  CHECK(WEXITSTATUS(::system(command.c_str())) == 6);
}
