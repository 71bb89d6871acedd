#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/file.h"
#include "base/process.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "oci/json.h"
#include "runtime/cgroup_host.h"
#include "runtime/container.h"
#include "tests/bundle.h"

using namespace aictr;
using aictr::test::Outcome;
using aictr::test::TestBundle;

namespace {

// The directories of a cgroup path that exist on this host.
std::vector<std::string> cgroups_at(const std::string& path) {
  auto host = runtime::CgroupHost::detect();
  REQUIRE(host.ok());
  std::vector<std::string> mounts = {host.value().v2_mount};
  for (const auto& [controller, mount] : host.value().v1_mounts) mounts.push_back(mount);
  std::erase_if(mounts, [&](const std::string& m) { return m.empty() || !sys::exists(AT_FDCWD, m + path); });
  return mounts;
}

runtime::CreateRequest request_of(TestBundle& bundle, std::vector<std::string> args) {
  runtime::CreateRequest request;
  request.id = bundle.id();
  request.bundle = bundle.path();
  bundle.process().args = std::move(args);
  request.spec = bundle.spec;
  return request;
}

oci::Hook hook(const std::string& script, std::vector<std::string> env = {}) {
  oci::Hook h;
  h.path = "/bin/sh";
  h.args = {"sh", "-c", script};
  h.env = std::move(env);
  return h;
}

}  // namespace

TEST_CASE("a created container waits, runs after start, and stays until it is deleted") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sh", "-c", "echo started; sleep 100"};
  bundle.spec.annotations["key"] = "value";
  REQUIRE(bundle.create({"--pid-file", bundle.path("pid")}).exit_code == 0);
  CHECK(bundle.status() == "created");
  CHECK(bundle.read("output").empty());
  Outcome state = bundle.runtime({"state", bundle.id()});
  CHECK(state.says("\"ociVersion\": \"1.3.0\""));
  CHECK(state.says("\"pid\": " + bundle.read("pid") + ","));
  CHECK(state.says("\"bundle\": \"" + bundle.path().substr(0, bundle.path().size() - 1) + "\""));
  CHECK(state.says("\"key\": \"value\""));
  CHECK(bundle.runtime({"create", "-b", bundle.path(), bundle.id()}).says("container with id exists"));

  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(bundle.status() == "running");
  CHECK(bundle.runtime({"start", bundle.id()}).exit_code == 1);
  CHECK(bundle.runtime({"delete", bundle.id()}).says("that is not stopped: running"));
  CHECK(bundle.runtime({"list", "-q"}).output == bundle.id() + "\n");
  CHECK(bundle.runtime({"list", "--format=json"}).says("\"owner\":\"root\""));

  REQUIRE(bundle.runtime({"kill", bundle.id(), "KILL"}).exit_code == 0);
  CHECK(bundle.becomes("stopped"));
  CHECK(bundle.read("output") == "started\n");
  CHECK(bundle.runtime({"start", bundle.id()}).says("cannot start a container that has stopped"));
  CHECK(bundle.runtime({"kill", bundle.id(), "TERM"}).says("container not running"));
  CHECK(bundle.runtime({"delete", bundle.id()}).exit_code == 0);
  CHECK(bundle.runtime({"state", bundle.id()}).says("does not exist"));
  CHECK(bundle.runtime({"list"}).output == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
  CHECK(bundle.runtime({"list", "-f", "json"}).output == "null\n");
}

TEST_CASE("commands of a container that does not exist say so") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  for (const char* command : {"start", "state", "kill", "delete"}) {
    Outcome outcome = bundle.runtime({command, "nobody"});
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.says("does not exist"));
  }
  CHECK(bundle.runtime({"delete", "--force", "nobody"}).exit_code == 0);
  CHECK(bundle.runtime({"state", "../x"}).says("invalid container id format"));
}

TEST_CASE("a signal reaches the process, by name or number, and TERM is the default") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {
      "sh", "-c", "trap 'echo usr1' USR1; trap 'echo term; exit 3' TERM; echo up; while :; do sleep 0.05; done"};
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  auto prints = [&](const std::string& text) {
    for (int i = 0; i < 200 && bundle.read("output") != text; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return bundle.read("output") == text;
  };
  REQUIRE(prints("up\n"));
  CHECK(bundle.runtime({"kill", bundle.id(), "SIGUSR1"}).exit_code == 0);
  CHECK(prints("up\nusr1\n"));
  CHECK(bundle.runtime({"kill", bundle.id(), "10"}).exit_code == 0);
  CHECK(prints("up\nusr1\nusr1\n"));
  CHECK(bundle.runtime({"kill", bundle.id(), "NOSUCH"}).exit_code == 1);
  CHECK(bundle.runtime({"kill", bundle.id()}).exit_code == 0);
  CHECK(bundle.becomes("stopped"));
}

TEST_CASE("a created container can be deleted, and a running one by force") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  CHECK(bundle.runtime({"delete", bundle.id()}).exit_code == 0);
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
  CHECK(bundle.status().empty());
  CHECK(cgroups_at("/aictr/" + bundle.id()).empty());
}

TEST_CASE("without a PID namespace of its own, a killed container leaves no process") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::erase_if(bundle.part().namespaces, [](const auto& ns) { return ns.type == "pid"; });
  bundle.process().args = {"sh", "-c", "sleep 1234 & sleep 1234"};
  REQUIRE(bundle.create().exit_code == 0);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  REQUIRE(bundle.runtime({"kill", bundle.id(), "KILL"}).exit_code == 0);
  CHECK(bundle.becomes("stopped"));
  CHECK(bundle.runtime({"delete", bundle.id()}).exit_code == 0);
  CHECK(cgroups_at("/aictr/" + bundle.id()).empty());
}

TEST_CASE("hooks run in their order, with their own environment and the state on their input") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::string log = bundle.path("log");
  auto writes = [&](const std::string& name) {
    return hook(fmt::format("echo {} $X $(env | grep -c -v -E '^(PWD|SHLVL|_|X)=') $(tr -d ' \\n' | grep -o "
                            "'\"status\":\"[a-z]*\"') >>{}",
                            name, log),
                {"X=own"});
  };
  oci::Hooks& hooks = bundle.spec.hooks.emplace();
  hooks.prestart = {writes("prestart")};
  hooks.create_runtime = {writes("createRuntime")};
  hooks.create_container = {writes("createContainer")};
  hooks.start_container = {hook("echo startContainer; cat")};
  hooks.poststart = {writes("poststart")};
  hooks.poststop = {writes("poststop")};
  hooks.start_container[0].args[2] = "cat >/state";
  bundle.process().args = {"sh", "-c", "grep -o '\"status\": \"[a-z]*\"' /state; sleep 100"};
  REQUIRE_MESSAGE(bundle.create().exit_code == 0, bundle.read("errors"));
  std::string created =
      "prestart own 0 \"status\":\"creating\"\n"
      "createRuntime own 0 \"status\":\"creating\"\n"
      "createContainer own 0 \"status\":\"creating\"\n";
  CHECK(bundle.read("log") == created);
  REQUIRE(bundle.runtime({"start", bundle.id()}).exit_code == 0);
  CHECK(bundle.read("log") == created + "poststart own 0 \"status\":\"running\"\n");
  REQUIRE(bundle.runtime({"delete", "--force", bundle.id()}).exit_code == 0);
  CHECK(bundle.read("log").ends_with("poststop own 0 \"status\":\"stopped\"\n"));
  CHECK(bundle.read("rootfs/state").find("\"status\": \"created\"") != std::string::npos);
}

TEST_CASE("a poststop hook that fails is a warning, and those behind it run") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.hooks.emplace().poststop = {hook("exit 3"), hook("echo second >" + bundle.path("log"))};
  REQUIRE(bundle.create().exit_code == 0);
  Outcome removed = bundle.runtime({"--log", bundle.path("warnings"), "--log-format", "json", "delete", bundle.id()});
  CHECK(removed.exit_code == 0);
  CHECK(bundle.read("log") == "second\n");
  CHECK(bundle.read("warnings").find("\"level\":\"warning\",\"msg\":\"error running poststop hook #0") == 1);
}

TEST_CASE("a hook that fails, or takes too long, ends the creation and leaves nothing") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  oci::Hooks& hooks = bundle.spec.hooks.emplace();
  for (auto* kind : {&hooks.prestart, &hooks.create_runtime, &hooks.create_container}) {
    hooks = {};
    hooks.poststop = {hook("echo stopped >>" + bundle.path("log"))};
    *kind = {hook("true"), hook("echo why not; exit 3")};
    Outcome outcome = bundle.create();
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.says("hook #1: exit status 3, output: why not"));
    CHECK(bundle.status().empty());
    CHECK(cgroups_at("/aictr/" + bundle.id()).empty());
  }
  CHECK(bundle.read("log") == "stopped\nstopped\nstopped\n");
  hooks = {};
  hooks.create_runtime = {hook("sleep 20")};
  hooks.create_runtime[0].timeout = 1;
  CHECK(bundle.create().says("not done after 1000 ms"));
}

TEST_CASE("a poststart hook that fails stops the container") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.spec.hooks.emplace().poststart = {hook("exit 1")};
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  CHECK(bundle.runtime({"start", bundle.id()}).says("error running poststart hook #0"));
  CHECK(bundle.becomes("stopped"));
}

TEST_CASE("a failure at any step of a creation leaves no state, cgroup, mount or process") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto fails = [&](const char* what, const std::function<void()>& spoil) {
    CAPTURE(what);
    oci::Spec before = bundle.spec;
    spoil();
    Outcome outcome = bundle.create();
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(bundle.status().empty());
    CHECK(cgroups_at("/aictr/" + bundle.id()).empty());
    bundle.spec = before;
  };
  fails("the version", [&] { bundle.spec.oci_version = "2.0"; });
  fails("no arguments", [&] { bundle.process().args.clear(); });
  fails("no root", [&] { bundle.spec.root->path = "nowhere"; });
  fails("a namespace of no known type", [&] { bundle.part().namespaces.push_back({"odd", ""}); });
  fails("a namespace that is not there", [&] { bundle.part().namespaces[0].path = "/not/there"; });
  fails("a controller's file", [&] { bundle.part().resources.emplace().unified["../x"] = "1"; });
  fails("a mount", [&] { bundle.spec.mounts[0].type = "odd"; });
  fails("a device", [&] { bundle.part().devices.emplace_back().type = "q"; });
  fails("a label", [&] { bundle.process().apparmor_profile = "profile"; });
  fails("a sysctl", [&] { bundle.part().sysctl["kernel.panic"] = "1"; });
  fails("a working directory", [&] { bundle.process().cwd = "/bin/sh"; });
  fails("the program", [&] { bundle.process().args = {"/not/there"}; });
  fails("the console socket", [&] { bundle.process().terminal = true; });
}

TEST_CASE("what is not honoured is refused with its place in the spec") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.part().intel_rdt.emplace();
  CHECK(bundle.create().says("/linux/intelRdt needs the resctrl file system"));
  bundle.part().intel_rdt.reset();
  bundle.process().selinux_label = "label";
  CHECK(bundle.create().says("/process/selinuxLabel"));
}

TEST_CASE("an exec that fails is reported by start") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.write("rootfs/bin/odd", "\x7f odd", 0755);
  bundle.process().args = {"odd"};
  REQUIRE(bundle.create().exit_code == 0);
  Outcome outcome = bundle.runtime({"start", bundle.id()});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.says("exec format error"));
  CHECK(bundle.becomes("stopped"));
}

TEST_CASE("of two that start a container one wins") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  REQUIRE(bundle.create().exit_code == 0);
  auto root = runtime::StateRoot::open(bundle.state_root()).value();
  int won = 0;
  std::vector<pid_t> starters;
  for (int i = 0; i < 8; ++i) {
    pid_t pid = ::fork();
    if (pid == 0) _exit(runtime::start(root, bundle.id()).ok() ? 0 : 1);
    starters.push_back(pid);
  }
  for (pid_t pid : starters) won += sys::wait(pid).value().exit_code() == 0 ? 1 : 0;
  CHECK(won == 1);
  CHECK(bundle.status() == "running");
}

TEST_CASE("with die_with_parent the process does not outlive the one that made it") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto root = runtime::StateRoot::open(bundle.state_root()).value();
  pid_t maker = ::fork();
  if (maker == 0) {
    auto request = request_of(bundle, {"sleep", "100"});
    request.die_with_parent = true;
    request.spec.process->user.uid = 1000;  // a change of user drops the wish; it must come after
    auto created = runtime::run(root, std::move(request));
    _exit(created.ok() ? 0 : 1);
  }
  CHECK(sys::wait(maker).value().exit_code() == 0);
  CHECK(bundle.becomes("stopped"));
}

TEST_CASE("the library's containers are children of the caller, with a pidfd") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto root = runtime::StateRoot::open(bundle.state_root()).value();
  auto created = runtime::create(root, request_of(bundle, {"sh", "-c", "exit 9"}));
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(runtime::state(root, bundle.id()).value().status == "created");
  REQUIRE(runtime::start(root, bundle.id()).ok());
  CHECK(sys::wait(created.value().pid).value().exit_code() == 9);
  CHECK(runtime::state(root, bundle.id()).value().status == "stopped");
  CHECK(runtime::remove(root, bundle.id(), runtime::Force::no).ok());
}

TEST_CASE("the root may be a mount that is attached nowhere") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  auto root = runtime::StateRoot::open(bundle.state_root()).value();
  auto request = request_of(bundle, {"sh", "-c", "test -x /bin/busybox && exit 5"});
  request.rootfs = sys::open_tree(AT_FDCWD, bundle.rootfs(), OPEN_TREE_CLONE).value();
  request.spec.root->path = "";
  auto created = runtime::run(root, std::move(request));
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(sys::wait(created.value().pid).value().exit_code() == 5);
  CHECK(runtime::remove(root, bundle.id(), runtime::Force::no).ok());
}

TEST_CASE("a creation that is killed at any moment leaves what delete --force clears") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  bundle.process().args = {"sleep", "100"};
  auto root = runtime::StateRoot::open(bundle.state_root()).value();
  for (int delay = 0; delay < 12000; delay += 400) {  // microseconds, past the end of a creation
    CAPTURE(delay);
    pid_t creator = ::fork();
    if (creator == 0) {
      ::setpgid(0, 0);
      ignore(runtime::create(root, request_of(bundle, {"sleep", "100"})));
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(delay));
    ::kill(creator, SIGKILL);
    CHECK(sys::wait(creator).ok());
    auto removed = runtime::remove(root, bundle.id(), runtime::Force::yes);
    if (!removed.ok()) CHECK_MESSAGE(removed.error().kind == Kind::not_found, removed.error().message);
    CHECK(list_directory(root.fd()).value().empty());
    CHECK(cgroups_at("/aictr/" + bundle.id()).empty());
  }
}

TEST_CASE("--log with --log-format json appends one object an error") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  std::string log = bundle.path("log.json");
  bundle.runtime({"--log", log, "--log-format", "json", "state", "nobody"});
  bundle.runtime({"--log=" + log, "--log-format=json", "state", "nobody"});
  auto lines = split(bundle.read("log.json"), '\n');
  REQUIRE(lines.size() == 3);
  auto json = oci::parse_json(lines[1]);
  REQUIRE(json.ok());
  CHECK(*json.value().find("level")->as<std::string>() == "error");
  CHECK(json.value().find("msg")->as<std::string>()->find("does not exist") != std::string::npos);
}

TEST_CASE("flags may have one dash and stand behind the id, as with runc") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.runtime({"run", "-bundle", bundle.path(), bundle.id()}).exit_code == 0);
  CHECK(bundle.runtime({"run", bundle.id(), "-b=" + bundle.path()}).exit_code == 0);
  // A value may look like anything, also between flags with one dash.
  CHECK(bundle.runtime({"-log", bundle.path("log"), "-log-format", "json", "state", "nobody"}).exit_code == 1);
  CHECK(bundle.read("log").find("does not exist") != std::string::npos);
  CHECK(bundle.runtime({"run", "--bundel", bundle.path(), bundle.id()}).says("did you mean '--bundle'?"));
  CHECK(bundle.runtime({"rum"}).says("did you mean 'run'?"));
  CHECK(bundle.runtime({"--version"}).says("spec: 1.3.0\n"));
}

TEST_CASE("a bundle without config.json, or with a broken one, is an error that says what is wrong") {
  NEEDS_BUNDLE();
  TestBundle bundle;
  CHECK(bundle.runtime({"run", "-b", "/not/there", "x"}).says("bundle '/not/there'"));
  bundle.write("broken/config.json", "{\"ociVersion\": 1}");
  CHECK(bundle.runtime({"run", "-b", bundle.path("broken"), "x"}).says("/ociVersion must be a string"));
  bundle.write("broken/config.json", "{");
  CHECK(bundle.runtime({"run", "-b", bundle.path("broken"), "x"}).says("config.json"));
}
