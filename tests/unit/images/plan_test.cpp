#include "images/plan.h"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::images;

namespace {

using Words = std::vector<std::string>;

Image base_image() {
  Image image;
  image.config.platform = oci::native_platform();
  image.config.author = "someone";
  image.config.config.env = {"PATH=/opt/bin:/bin", "LANG=C"};
  image.config.config.working_dir = "/srv";
  image.config.config.cmd = Words{"serve"};
  image.config.config.labels = {{"from", "base"}};
  return image;
}

Result<Image> find_image(std::string_view name) {
  Image image = base_image();
  if (name == "base") return image;
  if (name == "triggers") {
    image.config.config.on_build = {"RUN first", "COPY . /src", "RUN <<E\nbody\nE"};
    return image;
  }
  return make_error(Kind::not_found, "no image '" + std::string(name) + "' in the store");
}

Result<Plan> try_plan(const std::string& text, PlanOptions options = {}) {
  auto file = parse_dockerfile("Dockerfile", text);
  if (!file.ok()) return std::move(file).error();
  return make_plan(file.value(), options, find_image);
}

Plan plan(const std::string& text, PlanOptions options = {}) {
  auto result = try_plan(text, std::move(options));
  REQUIRE_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
  return std::move(result).value();
}

PlannedStage target(const std::string& text, PlanOptions options = {}) {
  return plan(text, std::move(options)).stages.back();
}

RunAction only_run(const std::string& text, PlanOptions options = {}) {
  PlannedStage stage = target(text, std::move(options));
  for (const PlannedStep& step : stage.steps) {
    if (const auto* run = std::get_if<RunAction>(&step.action)) return *run;
  }
  FAIL("no RUN");
  return {};
}

CopyAction only_copy(const std::string& text) {
  PlannedStage stage = target(text);
  for (const PlannedStep& step : stage.steps) {
    if (const auto* copy = std::get_if<CopyAction>(&step.action)) return *copy;
  }
  FAIL("no COPY");
  return {};
}

std::string last_history(const std::string& text) {
  return target(text).steps.back().created_by;
}

PlanOptions given(BuildArguments arguments) {
  PlanOptions options;
  options.arguments = std::move(arguments);
  return options;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("an image from scratch has a PATH, the root as its folder, and no layers") {
  PlannedStage stage = target("FROM scratch\n");
  CHECK(std::holds_alternative<Scratch>(stage.base));
  CHECK(stage.config.env == Words{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"});
  CHECK(stage.config.working_dir == "/");
  CHECK(stage.platform.os == "linux");
}

TEST_CASE("a stage begins with what its base has") {
  PlannedStage stage = target("FROM base\n");
  CHECK(std::holds_alternative<Image>(stage.base));
  CHECK(stage.config.env == Words{"PATH=/opt/bin:/bin", "LANG=C"});
  CHECK(stage.config.working_dir == "/srv");
  CHECK(*stage.config.cmd == Words{"serve"});
  CHECK(stage.author == "someone");
}

TEST_CASE("ENV sees the variables as they were before it, and keeps its place") {
  PlannedStage stage = target("FROM base\nENV a=hello\nENV a=bye b=$a\nENV c=$a LANG=de\nENV d x  y $b\n");
  CHECK(stage.config.env == Words{"PATH=/opt/bin:/bin", "LANG=de", "a=bye", "b=hello", "c=bye", "d=x  y hello"});
  CHECK(last_history("FROM scratch\nENV a=\"1 2\" b=3\n") == "ENV a=1 2 b=3");
  CHECK(target("FROM base\nENV PATH=/x:$PATH\n").config.env[0] == "PATH=/x:/opt/bin:/bin");
  CHECK(target("FROM scratch\nENV a='$b' c=\"\\$d\"\n").config.env[1] == "a=$b");
}

TEST_CASE("an ARG's value comes from --build-arg, its default, or the global ARG, in this order") {
  auto value = [](const std::string& head, const std::string& arg, BuildArguments arguments) {
    auto run = only_run(head + "FROM scratch\n" + arg + "\nENV seen=<$V>\nRUN x\n", given(std::move(arguments)));
    for (const std::string& pair : run.environment) {
      if (pair.starts_with("seen=")) return pair.substr(5);
    }
    return std::string("?");
  };
  CHECK(value("", "ARG V=default", {{"V", "given"}}) == "<given>");
  CHECK(value("", "ARG V=default", {}) == "<default>");
  CHECK(value("ARG V=global\n", "ARG V", {}) == "<global>");
  CHECK(value("ARG V=global\n", "ARG V=default", {}) == "<default>");
  CHECK(value("ARG V=global\n", "ARG V", {{"V", "given"}}) == "<given>");
  CHECK(value("ARG V=global\n", "", {{"V", "given"}}) == "<>");  // not declared in the stage
  CHECK(value("", "ARG V", {}) == "<>");
  CHECK(value("", "ENV A=1\nARG V=x$A", {}) == "<x1>");
  CHECK(value("ARG A=1\nARG V=$A$A\n", "ARG V", {}) == "<11>");
  CHECK(value("", "ARG V=one\nARG V", {}) == "<one>");
}

TEST_CASE("ENV wins over ARG, whichever comes first and wherever the value is from") {
  for (const char* lines : {"ENV V=env\nARG V=arg", "ARG V=arg\nENV V=env"}) {
    auto run = only_run("FROM scratch\n" + std::string(lines) + "\nRUN x\n", given({{"V", "given"}}));
    CHECK(has(run.environment, "V=env"));
    CHECK_FALSE(has(run.environment, "V=given"));
  }
  CHECK(has(only_run("FROM base\nARG LANG=de\nRUN x\n").environment, "LANG=C"));
}

TEST_CASE("RUN sees ENV and ARG, the history shows its ARGs, and the image keeps none") {
  PlannedStage stage = target("FROM scratch\nARG a=1\nARG b\nENV c=3\nRUN make $a\n");
  const auto& run = std::get<RunAction>(stage.steps.back().action);
  CHECK(run.arguments == Words{"/bin/sh", "-c", "make $a"});
  CHECK(has(run.environment, "a=1"));
  CHECK(has(run.environment, "c=3"));
  CHECK_FALSE(has(run.environment, "b="));
  CHECK(stage.steps.back().created_by == "RUN |2 a=1 b= /bin/sh -c make $a # aictr");
  CHECK(stage.config.env.size() == 2);
  CHECK(run.working_directory == "/");
  CHECK(run.network);
}

TEST_CASE("a stage inherits the ARGs of the stage it is made from") {
  auto run = only_run("FROM scratch AS a\nARG V=1\nFROM a\nRUN x\n");
  CHECK(has(run.environment, "V=1"));
}

TEST_CASE("the ARGs of the platform are there for who declares them") {
  auto platform = oci::native_platform();
  auto run = only_run("FROM scratch\nARG TARGETARCH\nARG BUILDPLATFORM\nRUN x\n");
  CHECK(has(run.environment, "TARGETARCH=" + platform.architecture));
  CHECK_FALSE(has(only_run("FROM scratch\nRUN x\n").environment, "TARGETARCH=" + platform.architecture));
  PlannedStage stage = target("ARG TARGETOS\nFROM --platform=$TARGETPLATFORM scratch\n");
  CHECK(stage.platform.architecture == platform.architecture);
}

TEST_CASE("FROM uses global ARGs") {
  CHECK(target("ARG NAME=ba\nARG FULL=${NAME}se\nFROM $FULL\n").title == "FROM base");
  CHECK(target("ARG NAME=nothing\nFROM ${NAME:-x}\n", given({{"NAME", "base"}})).title == "FROM base");
}

TEST_CASE("SHELL changes what runs the shell form") {
  auto run = only_run("FROM scratch\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN a b\n");
  CHECK(run.arguments == Words{"/bin/bash", "-ec", "a b"});
  CHECK(only_run("FROM scratch\nSHELL [\"x\"]\nRUN [\"a\", \"$b\"]\n").arguments == Words{"a", "$b"});
  CHECK(*target("FROM scratch\nSHELL [\"/bin/bash\", \"-c\"]\nCMD hi\n").config.cmd == Words{"/bin/bash", "-c", "hi"});
}

TEST_CASE("ENTRYPOINT takes an inherited CMD away, not one of this stage") {
  CHECK_FALSE(target("FROM base\nENTRYPOINT [\"e\"]\n").config.cmd.has_value());
  CHECK(*target("FROM base\nCMD [\"mine\"]\nENTRYPOINT [\"e\"]\n").config.cmd == Words{"mine"});
  CHECK(*target("FROM base\nENTRYPOINT [\"e\"]\nCMD [\"mine\"]\n").config.cmd == Words{"mine"});
  CHECK_FALSE(target("FROM scratch AS a\nCMD [\"a\"]\nFROM a\nENTRYPOINT [\"e\"]\n").config.cmd.has_value());
  CHECK_FALSE(target("FROM scratch\nENTRYPOINT []\n").config.entrypoint.has_value());
  CHECK(target("FROM base\nCMD []\n").config.cmd->empty());
  CHECK(*target("FROM base\nENTRYPOINT e x\n").config.entrypoint == Words{"/bin/sh", "-c", "e x"});
  CHECK(last_history("FROM base\nCMD [\"a\", \"b \\\"c\\\"\"]\n") == "CMD [\"a\" \"b \\\"c\\\"\"]");
}

TEST_CASE("WORKDIR is relative to the one before, and makes a folder for the user") {
  PlannedStage stage = target("FROM base\nENV d=deep\nUSER me\nWORKDIR a/$d/../b\n");
  CHECK(stage.config.working_dir == "/srv/a/b");
  const auto& made = std::get<MakeDirectoryAction>(stage.steps.back().action);
  CHECK(made.path == "/srv/a/b");
  CHECK(made.user == "me");
  CHECK(target("FROM base\nWORKDIR /x/\n").config.working_dir == "/x");
  CHECK_FALSE(target("FROM base\nWORKDIR /\n").steps.back().acts());
  CHECK(last_history("FROM scratch\nWORKDIR app\n") == "WORKDIR /app");
}

TEST_CASE("COPY's sources and destination are expanded and made absolute") {
  auto copy = only_copy("FROM base\nENV x=1\nCOPY --chown=$x:2 --chmod=7$x5 --exclude=$x a$x [b] c/$x/\n");
  CHECK(copy.sources == Words{"a1", "[b]"});
  CHECK(copy.destination == "/srv/c/1");
  CHECK(copy.into_directory);
  CHECK(copy.chown == "1:2");
  CHECK(copy.excludes == Words{"1"});
  CHECK_FALSE(copy.unpack);
  CHECK_FALSE(only_copy("FROM base\nCOPY a b\n").into_directory);
  CHECK(only_copy("FROM base\nCOPY a .\n").into_directory);
  CHECK(only_copy("FROM base\nCOPY a ./\n").destination == "/srv");
  CHECK(only_copy("FROM base\nCOPY a /x/.\n").into_directory);
  CHECK(only_copy("FROM base\nADD a b\n").unpack);
  CHECK_FALSE(only_copy("FROM base\nADD --unpack=false a b\n").unpack);
  CHECK(last_history("FROM base\nCOPY --chown=1 a b /c\n") == "COPY --chown=1 a b /c # aictr");
}

TEST_CASE("a heredoc is a source whose text is expanded unless its name is quoted") {
  auto copy = only_copy("FROM base\nENV x=1\nCOPY <<a <<-'b' /d/\n\"$x\" it's\na\n\t$x\n\tb\n");
  REQUIRE(copy.documents.size() == 2);
  CHECK(copy.documents[0].name == "a");
  CHECK(copy.documents[0].content == "\"1\" it's\n");
  CHECK(copy.documents[1].content == "$x\n");
}

TEST_CASE("RUN with a heredoc") {
  CHECK(only_run("FROM scratch\nRUN <<E\na\nb\nE\n").arguments == Words{"/bin/sh", "-c", "a\nb\n"});
  CHECK(only_run("FROM scratch\nRUN <<-E\n\ta\n\tE\n").arguments[2] == "a\n");
  CHECK(only_run("FROM scratch\nRUN cat <<E <<F\n$a\nE\nb\nF\n").arguments[2] == "cat <<E <<F\n$a\nE\nb\nF");
  auto script = only_run("FROM scratch\nRUN <<E\n#!/usr/bin/env python3\nprint(1)\nE\n");
  REQUIRE(script.script.has_value());
  CHECK(script.arguments[2] == script.script->path);
  CHECK(script.script->content == "#!/usr/bin/env python3\nprint(1)\n");
}

TEST_CASE("EXPOSE, VOLUME and LABEL make sorted sets") {
  PlannedStage stage = target(
      "FROM base\nENV p=\"53/udp 9000\"\nEXPOSE 8080 $p 70-72/TCP 8080\nVOLUME /b $p /a\nLABEL k=\"v w\" from=me\n");
  CHECK(stage.config.exposed_ports == Words{"53/udp", "70/tcp", "71/tcp", "72/tcp", "8080/tcp", "9000/tcp"});
  CHECK(stage.config.volumes == Words{"/a", "/b", "53/udp 9000"});
  CHECK(stage.config.labels.at("k") == "v w");
  CHECK(stage.config.labels.at("from") == "me");
}

TEST_CASE("labels of the command line come last") {
  PlanOptions options;
  options.labels = {{"from", "outside"}};
  CHECK(target("FROM base\nLABEL from=me\n", options).config.labels.at("from") == "outside");
}

TEST_CASE("ONBUILD is kept for later and runs first in a build on top of it, once") {
  PlannedStage waiting = target("FROM scratch\nONBUILD RUN  a\nONBUILD ENV b=1\n");
  CHECK(waiting.config.on_build == Words{"RUN  a", "ENV b=1"});
  CHECK(waiting.steps.empty());
  PlannedStage run = target("FROM triggers\nRUN own\n");
  REQUIRE(run.steps.size() == 4);
  CHECK(std::get<RunAction>(run.steps[0].action).arguments[2] == "first");
  CHECK(std::get<CopyAction>(run.steps[1].action).destination == "/src");
  CHECK(std::get<RunAction>(run.steps[2].action).arguments[2] == "body\n");
  CHECK(run.config.on_build.empty());
  CHECK(target("FROM scratch AS a\nONBUILD ENV b=1\nFROM a\n").config.env.back() == "b=1");
}

TEST_CASE("only the stages that the target needs are planned, in order") {
  const char* text =
      "FROM scratch AS one\nRUN 1\nFROM scratch AS two\nRUN 2\nFROM One AS three\nRUN 3\n"
      "FROM scratch\nCOPY --from=THREE /a /b\nCOPY --from=0 /c /d\n";
  Plan all = plan(text);
  REQUIRE(all.stages.size() == 3);
  CHECK(all.stages[0].name == "one");
  CHECK(all.stages[1].name == "three");
  CHECK(all.stages[2].name == "stage-3");
  CHECK(std::get<FromStage>(all.stages[1].base).stage == 0);
  CHECK(std::get<FromStage>(std::get<CopyAction>(all.stages[2].steps[0].action).origin).stage == 1);
  CHECK(std::get<FromStage>(std::get<CopyAction>(all.stages[2].steps[1].action).origin).stage == 0);
  CHECK(all.several_stages);
  PlanOptions options;
  options.target = "Two";
  CHECK(plan(text, options).stages.size() == 1);
  options.target = "2";
  CHECK(plan(text, options).stages.back().name == "three");
}

TEST_CASE("COPY --from takes an image that is no stage") {
  Plan result = plan("FROM scratch\nCOPY --from=base /a /b\nCOPY --from=base /c /d\n");
  REQUIRE(result.stages.size() == 2);
  CHECK(result.stages[0].name == "base");
  CHECK(result.stages[0].steps.empty());
}

TEST_CASE("the last of two stages with one name counts, and a stage may have an image's name") {
  Plan twice = plan("FROM scratch AS a\nENV n=1\nFROM scratch AS a\nENV n=2\nFROM a\n");
  CHECK(twice.stages.back().config.env.back() == "n=2");
  Plan shadow = plan("FROM base AS base\nENV n=1\nFROM base\n");
  CHECK(shadow.stages.back().config.env.back() == "n=1");
}

TEST_CASE("a target that is no stage is refused with one that is near") {
  PlanOptions options;
  options.target = "bulid";
  auto unknown = try_plan("FROM scratch AS build\n", options);
  CHECK(unknown.error().message == "Dockerfile: there is no stage 'bulid'");
  CHECK(unknown.error().hint == "did you mean 'build'?");
}

TEST_CASE("another platform than this machine's is refused") {
  auto native = oci::native_platform();
  for (std::string wanted : {"linux/s390x", "windows/amd64", "s390x"}) {
    CAPTURE(wanted);
    auto result = try_plan("FROM --platform=" + wanted + " scratch\n");
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == "Dockerfile:1: FROM: platform '" + wanted + "' is not this machine's, " +
                                        native.os + "/" + native.architecture);
    CHECK(result.error().kind == Kind::unsupported);
  }
  CHECK(try_plan("FROM --platform=linux scratch\n").ok());
}
