// Stages that are built at the same time.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "base/sys_process.h"
#include "images/build.h"
#include "tests/build_place.h"
#include "tests/skip.h"

using namespace aictr;
using test::BuildPlace;
using test::content;

namespace {

bool has_line(const BuildPlace& place, const std::string& line) {
  return std::ranges::find(place.log.lines, line) != place.log.lines.end();
}

// Steps are "meet NAME OTHER": each leaves its name in a directory and waits until the other has come.
void let_steps_meet(BuildPlace& place) {
  place.options.jobs = 2;
  place.runner.act = [meeting = place.dir.path()](int root, const images::Step& step, const images::OutputSink&) {
    std::vector<std::string> words = step.arguments;
    if (words[0] != "meet") return 0;
    REQUIRE(write_file(AT_FDCWD, meeting + "/" + words[1], "", 0600).ok());
    REQUIRE(write_file(root, words[1], words[1], 0644).ok());
    for (int tries = 0; tries < 1000; ++tries) {
      if (::access((meeting + "/" + words[2]).c_str(), F_OK) == 0) return 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return 1;  // it never came
  };
}

}  // namespace

TEST_CASE("stages that do not need each other are built at the same time") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  let_steps_meet(place);
  auto image = place.build(
      "FROM scratch AS a\n"
      "RUN [\"meet\", \"a\", \"b\"]\n"
      "FROM scratch AS b\n"
      "RUN [\"meet\", \"b\", \"a\"]\n"
      "FROM scratch\n"
      "COPY --from=a /a /\n"
      "COPY --from=b /b /\n");
  UniqueFd root = place.mount(image);
  CHECK(content(root, "a") == "a");
  CHECK(content(root, "b") == "b");
  CHECK(place.log.planned_steps == 4);
  CHECK(place.log.lines.size() == 4);
}

TEST_CASE("a stage begins before those that it takes from, and waits where it needs them") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  let_steps_meet(place);
  auto image = place.build(
      "FROM scratch AS builder\n"
      "RUN [\"meet\", \"builder\", \"last\"]\n"
      "FROM scratch\n"
      "RUN [\"meet\", \"last\", \"builder\"]\n"
      "COPY --from=builder /builder /\n");
  UniqueFd root = place.mount(image);
  CHECK(content(root, "builder") == "builder");
  CHECK(content(root, "last") == "last");
}

TEST_CASE("no more stages are built at a time than there are jobs, and the image is the same") {
  if (::geteuid() != 0) SKIP("needs root");
  std::string dockerfile = "FROM scratch AS base\nRUN [\"touch\", \"base\"]\n";
  for (char c = 'a'; c < 'g'; ++c) {
    dockerfile += fmt::format("FROM {1} AS {0}\nRUN [\"touch\", \"{0}\"]\n", c, c % 2 == 0 ? "base" : "scratch");
  }
  dockerfile += "FROM base\n";
  for (char c = 'a'; c < 'g'; ++c) dockerfile += fmt::format("COPY --from={0} /{0} /\n", c);
  std::vector<std::string> ids;
  for (std::size_t jobs : {1U, 2U, 3U, 8U}) {
    BuildPlace place;
    place.options.jobs = jobs;
    place.options.source_date_epoch = 1'000'000;
    place.runner.act = [meeting = place.dir.path(), jobs](int root, const images::Step& step,
                                                          const images::OutputSink&) {
      std::string running = meeting + "/running";
      REQUIRE(make_directories(AT_FDCWD, running, 0700).ok());
      REQUIRE(write_file(AT_FDCWD, running + "/" + step.arguments[1], "", 0600).ok());
      if (list_directory(AT_FDCWD, running).value().size() > jobs) return 1;
      bool base = step.arguments[1] == "base";  // long enough for its children to begin, and wait
      std::this_thread::sleep_for(std::chrono::milliseconds(base ? 200 : 20));
      REQUIRE(sys::unlink(AT_FDCWD, running + "/" + step.arguments[1]).ok());
      REQUIRE(write_file(root, step.arguments[1], "", 0644).ok());
      return 0;
    };
    ids.push_back(place.build(dockerfile).id.text());
  }
  CHECK(std::ranges::count(ids, ids[0]) == 4);
}

TEST_CASE("a stage that fails ends the others, and its own error is the build's") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.options.jobs = 2;
  place.runner.act = [](int, const images::Step& step, const images::OutputSink& output) {
    if (step.arguments[0] == "fail") {
      output("no such thing\n");
      return 3;
    }
    for (;;) ::pause();
  };
  std::string said = place.refusal(
      "FROM scratch AS a\n"
      "RUN [\"hang\"]\n"
      "FROM scratch AS b\n"
      "RUN [\"fail\"]\n"
      "FROM scratch\n"
      "COPY --from=a / /\n"
      "COPY --from=b / /\n");
  CHECK(said.starts_with("Dockerfile:4: "));
  CHECK(said.find("3") != std::string::npos);
  CHECK(place.log.printed == "no such thing\n");
  CHECK(has_line(place, "[b 1/1] RUN [\"fail\"]: failed"));
  CHECK(has_line(place, "[a 1/1] RUN [\"hang\"]: cancelled"));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no process is left
}

TEST_CASE("a stage whose process is killed ends the build") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.options.jobs = 2;
  place.runner.act = [](int, const images::Step&, const images::OutputSink&) {
    ::kill(::getpid(), SIGKILL);
    return 0;
  };
  std::string said = place.refusal("FROM scratch AS a\nRUN [\"x\"]\nFROM scratch\nCOPY --from=a / /\n");
  CHECK(said.starts_with("the process that built 'a' is gone"));
}

TEST_CASE("stages at the same time remember the digests of all files they read") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.options.jobs = 2;
  place.file("one", "1");
  place.file("two", "2");
  std::this_thread::sleep_for(std::chrono::milliseconds(150));  // younger files are not remembered
  place.build("FROM scratch AS a\nCOPY one /\nFROM scratch\nCOPY two /\nCOPY --from=a /one /\n");
  std::string remembered = place.dir / "store/cache/files";
  auto names = list_directory(AT_FDCWD, remembered).value();
  REQUIRE(names.size() == 1);
  std::string text = read_file(AT_FDCWD, remembered + "/" + names[0]).value();
  CHECK(std::ranges::count(text, '\n') == 3);  // a header, and both files
}

TEST_CASE("two builds of one Dockerfile at once do the shared steps once") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.runner.act = [counter = place.dir / "ran"](int root, const images::Step&, const images::OutputSink&) {
    UniqueFd fd = sys::open(AT_FDCWD, counter, O_WRONLY | O_CREAT | O_APPEND, 0600).value();
    REQUIRE(sys::write_all(fd.get(), "x").ok());
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    REQUIRE(write_file(root, "made", "", 0644).ok());
    return 0;
  };
  const char* dockerfile = "FROM scratch\nRUN [\"make\"]\n";
  sys::Cloned other = sys::clone3(0).value();
  if (other.pid == 0) ::_exit(place.try_build(dockerfile).ok() ? 0 : 1);
  auto image = place.build(dockerfile);
  CHECK(sys::wait(other.pid).value().exit_code() == 0);
  CHECK(read_file(AT_FDCWD, place.dir / "ran").value() == "x");
  CHECK(image.config.diff_ids.size() == 1);
  CHECK(list_directory(AT_FDCWD, place.dir / "store/cache/claims").value().empty());
}
