#include "images/build.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <doctest/doctest.h>

#include "base/text.h"
#include "tests/build_place.h"
#include "tests/skip.h"

using namespace aictr;
using test::BuildPlace;
using test::content;
using test::mode;
using test::status;

namespace {

using Lines = std::vector<std::string>;

// What is mounted of ours: others may mount what they like meanwhile.
std::string mount_table(const BuildPlace& place) {
  std::string ours;
  for (const std::string& line : split(read_file(AT_FDCWD, "/proc/self/mountinfo").value(), '\n')) {
    if (line.find(place.dir.path()) != std::string::npos) ours += line + "\n";
  }
  return ours;
}

const char* kMyApp =
    "FROM scratch\n"
    "WORKDIR /app\n"
    "COPY requirements.txt .\n"
    "RUN pip install -r requirements.txt\n"
    "COPY . .\n"
    "CMD [\"python\", \"./main.py\"]\n";

void my_app(BuildPlace& place) {
  place.file("requirements.txt", "numpy\n");
  place.file("main.py", "print(1)\n");
  place.runner.act = [](int root, const images::Step&, const images::OutputSink& output) {
    output("Installing\n");
    REQUIRE(write_file(root, "app/installed", "numpy", 0644).ok());
    return 0;
  };
}

}  // namespace

TEST_CASE("a build runs its steps, and a second one of the same tree none") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  my_app(place);
  place.options.names = {oci::Reference::parse("my-app").value()};
  auto first = place.build(kMyApp);
  CHECK(place.log.lines == Lines{"[1/4] WORKDIR /app: done", "[2/4] COPY requirements.txt .: done",
                                 "[3/4] RUN pip install -r requirements.txt: done", "[4/4] COPY . .: done"});
  CHECK(place.log.planned_steps == 4);
  CHECK(place.log.printed == "Installing\n");
  CHECK(place.runner.runs == 1);
  UniqueFd root = place.mount(first);
  CHECK(content(root, "app/main.py") == "print(1)\n");
  CHECK(content(root, "app/installed") == "numpy");
  root.reset();
  auto second = place.build(kMyApp);
  CHECK(place.runner.runs == 1);
  for (const std::string& line : place.log.lines) CHECK(line.ends_with(": cached"));
  CHECK(second.id == first.id);
  CHECK(place.store.find("my-app").value().id == first.id);
  CHECK(mount_table(place) == "");
  CHECK(list_directory(place.store.fd(), "drafts").value().empty());
}

TEST_CASE("an edited file runs only what follows the COPY that takes it") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  my_app(place);
  auto first = place.build(kMyApp);
  place.file("main.py", "print(2)\n");
  auto second = place.build(kMyApp);
  CHECK(place.log.lines == Lines{"[1/4] WORKDIR /app: cached", "[2/4] COPY requirements.txt .: cached",
                                 "[3/4] RUN pip install -r requirements.txt: cached", "[4/4] COPY . .: done"});
  CHECK(place.runner.runs == 1);
  CHECK(content(place.mount(second), "app/main.py") == "print(2)\n");
  place.file("requirements.txt", "numpy\ntorch\n");
  place.build(kMyApp);
  CHECK(place.log.lines[0] == "[1/4] WORKDIR /app: cached");
  CHECK(place.log.lines[1] == "[2/4] COPY requirements.txt .: done");
  CHECK(place.runner.runs == 2);
  CHECK(place.log.lines[3] == "[4/4] COPY . .: done");
}

TEST_CASE("what must not change a key does not: times, owners, another place, proxies") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  my_app(place);
  place.options.proxies = {"http_proxy=http://one"};
  place.build(kMyApp);
  CHECK(std::ranges::count(place.runner.last_environment, "http_proxy=http://one") == 1);
  place.file("main.py", "print(1)\n");  // written anew
  REQUIRE(sys::set_times(AT_FDCWD, place.context() + "/main.py", {1, 0}, {1, 0}).ok());
  REQUIRE(sys::chown(AT_FDCWD, place.context() + "/main.py", 5, 5).ok());
  place.options.proxies = {"http_proxy=http://two"};
  auto again = place.build(kMyApp);
  for (const std::string& line : place.log.lines) CHECK(line.ends_with(": cached"));
  for (const auto& history : again.config.history) CHECK(history.created_by.find("proxy") == std::string::npos);
  for (const auto& variable : again.config.config.env) CHECK(variable.find("proxy") == std::string::npos);
  REQUIRE(sys::rename(AT_FDCWD, place.context(), AT_FDCWD, place.dir / "moved").ok());
  REQUIRE(sys::rename(AT_FDCWD, place.dir / "moved", AT_FDCWD, place.context()).ok());
  place.build(kMyApp);
  for (const std::string& line : place.log.lines) CHECK(line.ends_with(": cached"));
}

TEST_CASE("what must change a key does: modes, content of the same size and time, links") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  const char* text = "FROM scratch\nCOPY . /x\n";
  place.file("a", "1");
  place.build(text);
  auto runs_again = [&] {
    place.build(text);
    return place.log.lines == Lines{"[1/1] COPY . /x: done"};
  };
  CHECK_FALSE(runs_again());
  REQUIRE(sys::chmod_at(AT_FDCWD, place.context() + "/a", 0600).ok());
  CHECK(runs_again());
  REQUIRE(sys::set_times(AT_FDCWD, place.context() + "/a", {9, 0}, {9, 0}).ok());
  CHECK_FALSE(runs_again());
  UniqueFd file = sys::open(place.context() + "/a", O_WRONLY).value();
  REQUIRE(sys::write_all(file.get(), "2").ok());
  REQUIRE(sys::set_times(AT_FDCWD, place.context() + "/a", {9, 0}, {9, 0}).ok());
  CHECK(runs_again());
  REQUIRE(sys::symlink("a", AT_FDCWD, place.context() + "/l").ok());
  CHECK(runs_again());
  REQUIRE(sys::unlink(AT_FDCWD, place.context() + "/l").ok());
  REQUIRE(sys::symlink("b", AT_FDCWD, place.context() + "/l").ok());
  CHECK(runs_again());
  REQUIRE(sys::rename(AT_FDCWD, place.context() + "/a", AT_FDCWD, place.context() + "/c").ok());
  CHECK(runs_again());
  REQUIRE(sys::mkdir(AT_FDCWD, place.context() + "/empty", 0755).ok());
  CHECK(runs_again());
  CHECK_FALSE(runs_again());
}

TEST_CASE("a build argument runs the steps again that see it") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  const char* text = "FROM scratch\nRUN before\nARG V\nRUN after\n";
  place.build(text);
  place.options.plan.arguments["V"] = "1";
  place.build(text);
  CHECK(place.log.lines == Lines{"[1/2] RUN before: cached", "[2/2] RUN after: done"});
  place.options.plan.arguments["OTHER"] = "1";
  place.build(text);
  CHECK(place.log.lines == Lines{"[1/2] RUN before: cached", "[2/2] RUN after: cached"});
}

TEST_CASE("without the cache every step runs, and the next build has their results") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  my_app(place);
  place.build(kMyApp);
  place.options.use_cache = false;
  place.build(kMyApp);
  CHECK(place.runner.runs == 2);
  for (const std::string& line : place.log.lines) CHECK(line.ends_with(": done"));
}

TEST_CASE("a layer that has gone is made again") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("a", "1");
  auto image = place.build("FROM scratch\nCOPY a /x\n");
  REQUIRE(remove_tree(place.store.fd(), "layers/" + image.config.diff_ids[0].hex()).ok());
  auto again = place.build("FROM scratch\nCOPY a /x\n");
  CHECK(place.log.lines == Lines{"[1/1] COPY a /x: done"});
  CHECK(content(place.mount(again), "x") == "1");
}

TEST_CASE("a failed step says its place, command and exit code, and what was built before it is kept") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("a", "1");
  place.runner.act = [](int root, const images::Step&, const images::OutputSink& output) {
    output("no such thing\n");
    REQUIRE(write_file(root, "half", "x", 0644).ok());
    return 7;
  };
  std::string text = "FROM scratch\nCOPY a /x\nRUN make it \\\n   all\nCMD x\n";
  auto failed = place.try_build(text);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message.ends_with("Dockerfile:3: '/bin/sh -c make it    all' ended with exit code 7"));
  CHECK(
      failed.error().excerpt.ends_with("--------------------\n"
                                       "   1 |     FROM scratch\n"
                                       "   2 |     COPY a /x\n"
                                       "   3 | >>> RUN make it \\\n"
                                       "   4 | >>>    all\n"
                                       "   5 |     CMD x\n"
                                       "--------------------\n"));
  CHECK(place.log.lines.back() == "[2/2] RUN make it    all: failed");
  CHECK(list_directory(place.store.fd(), "drafts").value().empty());
  CHECK(place.store.list().value().empty());
  place.runner.act = nullptr;
  place.build(text);
  CHECK(place.log.lines[0] == "[1/2] COPY a /x: cached");
}

TEST_CASE("mount points that a step gets are not in its layer, what it writes is") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("etc/os-release", "x");
  place.runner.act = [](int root, const images::Step& step, const images::OutputSink&) {
    for (const char* name : {"dev", "proc", "sys", "etc"}) ignore(sys::mkdir(root, name, 0755));
    for (const char* name : {"etc/resolv.conf", "etc/hosts", "etc/hostname"}) {
      ignore(write_file(root, name, "", 0644, Durability::until_reboot));
    }
    if (step.arguments.back() == "touch") REQUIRE(write_file(root, "etc/mine", "m", 0644).ok());
    return 0;
  };
  CHECK(place.build("FROM scratch\nRUN nothing\n").config.diff_ids.empty());
  auto touched = place.build("FROM scratch\nRUN touch\n");
  UniqueFd root = place.mount(touched);
  CHECK(list_directory(root.get()).value() == Lines{"etc"});
  CHECK(list_directory(root.get(), "etc").value() == Lines{"mine"});
  // Where /etc is in a lower layer, nothing of it comes into the upper one.
  auto on_top = place.build("FROM scratch\nCOPY . /\nRUN nothing\n");
  CHECK(on_top.config.diff_ids.size() == 1);
  CHECK(on_top.config.history.back().empty_layer);
}

TEST_CASE("RUN gets the stage's environment, user and folder") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  images::Step seen;
  place.runner.act = [&](int, const images::Step& step, const images::OutputSink&) {
    seen.arguments = step.arguments;
    seen.environment = step.environment;
    seen.user = step.user;
    seen.working_directory = step.working_directory;
    seen.network = step.network;
    return 0;
  };
  place.options.proxies = {"HTTPS_PROXY=p", "no_proxy=q"};
  place.build("FROM scratch\nENV A=1 no_proxy=own\nARG B=2\nWORKDIR /w\nUSER 7\nRUN --network=none [\"x\", \"$A\"]\n");
  CHECK(seen.arguments == Lines{"x", "$A"});
  CHECK(seen.user == "7");
  CHECK(seen.working_directory == "/w");
  CHECK_FALSE(seen.network);
  CHECK(std::ranges::count(seen.environment, "A=1") == 1);
  CHECK(std::ranges::count(seen.environment, "B=2") == 1);
  CHECK(std::ranges::count(seen.environment, "HTTPS_PROXY=p") == 1);
  CHECK(std::ranges::count(seen.environment, "no_proxy=own") == 1);
  CHECK(std::ranges::count(seen.environment, "no_proxy=q") == 0);
}

TEST_CASE("a script in a heredoc is there while it runs, and gone from the layer") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  std::string script;
  unsigned script_mode = 0;
  place.runner.act = [&](int root, const images::Step& step, const images::OutputSink&) {
    std::string path = step.arguments.back().substr(1);
    script = read_file(root, path).value_or("(missing)");
    script_mode = sys::stat(root, path).value().st_mode & 07777;
    REQUIRE(write_file(root, "made", "x", 0644).ok());
    return 0;
  };
  auto image = place.build("FROM scratch\nRUN <<E\n#!/usr/bin/env python3\nprint(1)\nE\n");
  CHECK(script == "#!/usr/bin/env python3\nprint(1)\n");
  CHECK(script_mode == 0755);
  CHECK(list_directory(place.mount(image).get()).value() == Lines{"made"});
}

TEST_CASE("WORKDIR makes folders for the user, and changes nothing where one is") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("passwd", "me:x:1000:2000::/:/bin/sh\n");
  auto image = place.build("FROM scratch\nCOPY passwd /etc/\nUSER me\nWORKDIR /a/b\nWORKDIR /etc\nWORKDIR /a\n");
  CHECK(image.config.diff_ids.size() == 2);
  UniqueFd root = place.mount(image);
  CHECK(status(root, "a/b").st_uid == 1000);
  CHECK(status(root, "a").st_gid == 2000);
  CHECK(mode(root, "a") == 0755);
  CHECK(image.config.config.working_dir == "/a");
  CHECK(place.refusal("FROM scratch\nUSER nobody\nWORKDIR /x\n").starts_with("Dockerfile:3: "));
}

TEST_CASE("stages: copies from an earlier one keep owners, and only what is needed is built") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("a", "1");
  place.runner.act = [](int root, const images::Step&, const images::OutputSink&) {
    REQUIRE(write_file(root, "out", "built", 0755).ok());
    REQUIRE(sys::chown(root, "out", 5, 6).ok());
    return 0;
  };
  auto image = place.build(
      "FROM scratch AS unused\nRUN never\nFROM scratch AS build\nCOPY a /src/\nRUN make\n"
      "FROM scratch\nCOPY --from=build /out /bin/tool\nCOPY --from=1 --chown=9 /src /s\n");
  CHECK(place.log.lines == Lines{"[build 1/2] COPY a /src/: done", "[build 2/2] RUN make: done",
                                 "[stage-2 1/2] COPY --from=build /out /bin/tool: done",
                                 "[stage-2 2/2] COPY --from=1 --chown=9 /src /s: done"});
  UniqueFd root = place.mount(image);
  CHECK(content(root, "bin/tool") == "built");
  CHECK(status(root, "bin/tool").st_uid == 5);
  CHECK(status(root, "s/a").st_uid == 9);
  CHECK_FALSE(sys::exists(root.get(), "out"));
  CHECK(place.refusal("FROM scratch AS one\nFROM scratch\nCOPY --from=one /x /y\n") ==
        "Dockerfile:3: '/x' is not in stage 'one'");
}

TEST_CASE("COPY --parents keeps the folders of its sources, from the pivot on") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  for (const char* file : {"a.py", "src/b.py", "src/deep/er/c.py", "src/deep/er/c.txt", "src/other/d.py"})
    place.file(file);
  auto image = place.build(
      "FROM scratch\n"
      "COPY --parents src/deep/er/c.txt a.py /files/\n"
      "COPY --parents src/./deep /pivot/\n"
      "COPY --parents **/*.py /all/\n"
      "COPY --parents ./src/**/er/ /last\n"
      "COPY --parents src/*/./*.py /one/\n");
  UniqueFd root = place.mount(image);
  for (const std::string path :
       {"files/src/deep/er/c.txt", "files/a.py", "pivot/deep/er/c.py", "all/a.py", "all/src/b.py",
        "all/src/deep/er/c.py", "all/src/other/d.py", "last/src/deep/er/c.py", "one/d.py"}) {
    CAPTURE(path);
    CHECK(sys::exists(root.get(), path));
  }
  for (const std::string path : {"files/c.txt", "pivot/src", "all/src/deep/er/c.txt", "one/src", "all/c.py"}) {
    CAPTURE(path);
    CHECK_FALSE(sys::exists(root.get(), path));
  }
  CHECK(place.refusal("FROM scratch\nCOPY --parents src/none /x/\n").starts_with("Dockerfile:2: 'src/none' is not in"));
}

TEST_CASE("FROM a local image goes on where that one ended") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  place.file("a", "1");
  place.options.names = {oci::Reference::parse("base:1").value()};
  auto base = place.build("FROM scratch\nCOPY a /one\nENV X=1\nWORKDIR /w\nCMD [\"c\"]\n");
  place.options.names = {};
  auto image = place.build("FROM base:1\nCOPY a two\n");
  CHECK(place.log.lines == Lines{"[1/2] FROM base:1: cached", "[2/2] COPY a two: done"});
  CHECK(content(place.mount(image), "w/two") == "1");
  CHECK(image.config.diff_ids.size() == base.config.diff_ids.size() + 1);
  CHECK(image.config.history.size() == base.config.history.size() + 1);
  CHECK(*image.config.config.cmd == Lines{"c"});
  CHECK(place.refusal("FROM base:2\n").find("no image 'base:2' in the store") != std::string::npos);
  auto from_image = place.build("FROM scratch\nCOPY --from=base:1 /one /x\n");
  CHECK(content(place.mount(from_image), "x") == "1");
}

TEST_CASE("history and layers tell the same story") {
  if (::geteuid() != 0) SKIP("needs root");
  BuildPlace place;
  my_app(place);
  auto image = place.build(kMyApp);
  std::size_t layers = 0;
  for (const auto& history : image.config.history) layers += history.empty_layer ? 0 : 1;
  CHECK(layers == image.config.diff_ids.size());
  CHECK(image.config.history.back().created_by == "CMD [\"python\" \"./main.py\"]");
  CHECK(image.config.history[2].created_by == "RUN /bin/sh -c pip install -r requirements.txt # aictr");
  CHECK(image.config.created == image.config.history.back().created);
}

TEST_CASE("SOURCE_DATE_EPOCH makes two builds of one tree the same image, wherever and whenever") {
  if (::geteuid() != 0) SKIP("needs root");
  std::string ids[2];
  for (std::string& id : ids) {
    BuildPlace place;
    my_app(place);
    place.options.source_date_epoch = 1'600'000'000;
    auto image = place.build(kMyApp);
    id = image.id.text();
    CHECK(image.config.created.starts_with("2020-09-13T12:26:40"));
    UniqueFd root = place.mount(image);
    CHECK(status(root, "app/installed").st_mtim.tv_sec == 1'600'000'000);
  }
  CHECK(ids[0] == ids[1]);
}

TEST_CASE("a build context that is not there") {
  BuildPlace place;
  REQUIRE(remove_tree(AT_FDCWD, place.context()).ok());
  auto failed = place.try_build("FROM scratch\n");
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().message.starts_with("build context: open "));
}
