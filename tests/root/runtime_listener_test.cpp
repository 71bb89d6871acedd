// Seccomp notifications: who listens at linux.seccomp.listenerPath gets their descriptor and answers them.

#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/unix_socket.h"
#include "oci/json.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// Lets every system call that it is told of fail with EMLINK, until the process is gone.
void answer(int listener) {
  seccomp_notif asked{};
  while (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) == 0) {
    seccomp_notif_resp response{};
    response.id = asked.id;
    response.error = -EMLINK;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    asked = {};
  }
}

// A process that listens at "agent" in the bundle, and writes what it hears to "heard", a line each.
class Agent {
 public:
  explicit Agent(const TestBundle& bundle) {
    auto dir = open_directory(AT_FDCWD, bundle.path());
    REQUIRE(dir.ok());
    auto listener = sys::listen_at(dir.value().get(), "agent", SOCK_STREAM);
    REQUIRE(listener.ok());
    auto child = sys::clone3(0);
    REQUIRE(child.ok());
    pid_ = child.value().pid;
    if (pid_ == 0) serve(listener.value().get(), bundle.path("heard"));
  }
  ~Agent() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  [[noreturn]] static void serve(int listener, const std::string& file) {
    for (;;) {
      auto connection = sys::accept(listener);
      if (!connection.ok()) ::_exit(1);
      auto message = sys::receive_message(connection.value().get());
      if (!message.ok() || message.value().fds.size() != 1) ::_exit(2);
      auto heard = sys::open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
      if (!heard.ok() || !sys::write_all(heard.value().get(), message.value().bytes + "\n").ok()) ::_exit(3);
      if (::fork() != 0) continue;  // it ends with its listener
      answer(message.value().fds[0].get());
      ::_exit(0);
    }
  }
  pid_t pid_ = 0;
};

void notify_of_mkdir(TestBundle& bundle) {
  oci::Seccomp& profile = bundle.part().seccomp.emplace();
  profile.default_action = "SCMP_ACT_ALLOW";
  profile.listener_path = bundle.path("agent");
  profile.listener_metadata = "from the spec";
  profile.syscalls.emplace_back().names = {"mkdir", "mkdirat"};
  profile.syscalls[0].action = "SCMP_ACT_NOTIFY";
}

std::string text(const oci::Json& object, std::string_view member) {
  const oci::Json* found = object.find(member);
  REQUIRE(found != nullptr);
  return oci::print_json(*found);
}

}  // namespace

TEST_CASE("who listens gets the descriptor with the state of the container, and answers") {
  NEEDS_BUNDLE();
  for (bool no_new_privileges : {false, true}) {
    CAPTURE(no_new_privileges);
    TestBundle bundle;
    notify_of_mkdir(bundle);
    bundle.process().no_new_privileges = no_new_privileges;
    bundle.spec.annotations["key"] = "value";
    Agent agent(bundle);
    Outcome outcome = bundle.run("mkdir /made || echo refused");
    CAPTURE(outcome.output);
    CHECK(outcome.says("Too many links"));
    CHECK(outcome.says("refused"));
    auto heard = oci::parse_json(bundle.read("heard"));
    REQUIRE(heard.ok());
    CHECK(text(heard.value(), "fds") == "[\"seccompFd\"]");
    CHECK(text(heard.value(), "metadata") == "\"from the spec\"");
    const oci::Json& state = *heard.value().find("state");
    CHECK(text(state, "status") == "\"creating\"");
    CHECK(text(state, "id") == "\"" + bundle.id() + "\"");
    CHECK(text(state, "pid") == text(heard.value(), "pid"));
    CHECK(text(state, "annotations") == "{\"key\":\"value\"}");
  }
}

TEST_CASE("a process that joins has a listener of its own") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  notify_of_mkdir(bundle);
  bundle.process().args = {"sleep", "1000"};
  Agent agent(bundle);
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  Outcome outcome = bundle.runtime({"exec", bundle.id(), "mkdir", "/made"});
  CHECK(outcome.says("Too many links"));
  std::string heard = bundle.read("heard");
  CHECK(heard.find("\"running\"") != std::string::npos);
  CHECK(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
}

TEST_CASE("without anybody who listens there is no container") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  notify_of_mkdir(bundle);
  Outcome outcome = bundle.run("true");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("/linux/seccomp/listenerPath"));
  CHECK(bundle.status().empty());
}
