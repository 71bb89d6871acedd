#include "images/instruction.h"

#include <doctest/doctest.h>

using namespace aictr::images;

namespace {

aictr::Result<Instruction> parse(std::string_view text) {
  auto raw = parse_single_instruction(text);
  if (!raw.ok()) return std::move(raw).error();
  return parse_instruction(raw.value());
}

template <class T>
T get(std::string_view text) {
  auto instruction = parse(text);
  REQUIRE_MESSAGE(instruction.ok(), (instruction.ok() ? "" : instruction.error().message));
  REQUIRE(std::holds_alternative<T>(instruction.value()));
  return std::get<T>(std::move(instruction).value());
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("FROM names an image, a stage and a platform") {
  auto from = get<FromInstruction>("from --platform=linux/amd64 Python:3.9 as Base-1");
  CHECK(from.image == "Python:3.9");
  CHECK(from.name == "base-1");
  CHECK(from.platform == "linux/amd64");
}

TEST_CASE("the JSON form is told from the shell form") {
  CHECK(get<CmdInstruction>("CMD [\"a\", \"b c\"]").command.words == Words{"a", "b c"});
  CHECK_FALSE(get<CmdInstruction>("CMD [\"a\"]").command.shell);
  CHECK(get<CmdInstruction>("CMD ['a']").command.words == Words{"['a']"});
  CHECK(get<CmdInstruction>("CMD ['a']").command.shell);
  CHECK(get<RunInstruction>("RUN [ \"a\" ] ]").command.shell);
  CHECK(get<RunInstruction>("RUN [ -f x ]").command.shell);
  CHECK(get<CmdInstruction>("CMD []").command.words.empty());
  CHECK(get<EntrypointInstruction>("ENTRYPOINT exec  x  y").command.words == Words{"exec  x  y"});
  CHECK(get<CmdInstruction>("CMD [\"tab\\tline\\u0041\"]").command.words == Words{"tab\tlineA"});
}

TEST_CASE("ENV and LABEL take both spellings") {
  auto pairs = [](const char* text) {
    std::string printed;
    for (const auto& pair : get<EnvInstruction>(text).pairs) printed += "<" + pair.name + "|" + pair.value + ">";
    return printed;
  };
  CHECK(pairs("ENV a=1 b=2") == "<a|1><b|2>");
  CHECK(pairs("ENV a 1 b=2") == "<a|1 b=2>");
  CHECK(pairs("ENV a   b  c") == "<a|b  c>");
  CHECK(pairs("ENV a=\"x y\" b='z w' c=d\\ e") == "<a|\"x y\"><b|'z w'><c|d\\ e>");
  CHECK(pairs("ENV a=") == "<a|>");
  CHECK(pairs("ENV a=b=c") == "<a|b=c>");
  CHECK(pairs("ENV a=\"\"") == "<a|\"\">");
  CHECK(get<LabelInstruction>("LABEL \"com.example\"=\"x\"").pairs[0].name == "\"com.example\"");
}

TEST_CASE("ARG declares several names at once") {
  auto arg = get<ArgInstruction>("ARG a b=1 c=\"x y\" d=");
  REQUIRE(arg.declarations.size() == 4);
  CHECK_FALSE(arg.declarations[0].fallback.has_value());
  CHECK(*arg.declarations[1].fallback == "1");
  CHECK(*arg.declarations[2].fallback == "\"x y\"");
  CHECK(arg.declarations[3].fallback->empty());
}

TEST_CASE("COPY has sources, a destination and flags") {
  auto copy = get<CopyInstruction>("COPY --from=0 --chown=1:2 --chmod=755 --link --exclude=a --exclude=b x y/ /z/");
  CHECK(copy.sources == Words{"x", "y/"});
  CHECK(copy.destination == "/z/");
  CHECK(copy.from == "0");
  CHECK(copy.chown == "1:2");
  CHECK(copy.chmod == "755");
  CHECK(copy.excludes == Words{"a", "b"});
  CHECK(get<CopyInstruction>("COPY [\"a b\", \"c\"]").sources == Words{"a b"});
  CHECK(get<CopyInstruction>("COPY [\"a b\" \"c\"").sources == Words{"[\"a", "b\""});
  CHECK(get<CopyInstruction>("ADD a b").add);
}

TEST_CASE("RUN takes a network") {
  CHECK(get<RunInstruction>("RUN a").network);
  CHECK_FALSE(get<RunInstruction>("RUN --network=none a").network);
  CHECK(get<RunInstruction>("RUN --network=host a").network);
}

TEST_CASE("HEALTHCHECK becomes what Docker stores") {
  auto check = get<HealthCheckInstruction>("HEALTHCHECK --interval=1m30s --timeout=3s --retries=2 CMD curl -f x").check;
  CHECK(check.test == Words{"CMD-SHELL", "curl -f x"});
  CHECK(check.interval == 90'000'000'000);
  CHECK(check.timeout == 3'000'000'000);
  CHECK(check.retries == 2);
  CHECK(get<HealthCheckInstruction>("HEALTHCHECK cmd [\"a\",\"b\"]").check.test == Words{"CMD", "a", "b"});
  CHECK(get<HealthCheckInstruction>("HEALTHCHECK NONE").check.test == Words{"NONE"});
}

TEST_CASE("the rest keeps its text") {
  CHECK(get<WorkdirInstruction>("WORKDIR /a b").path == "/a b");
  CHECK(get<UserInstruction>("USER me:us").user == "me:us");
  CHECK(get<ExposeInstruction>("EXPOSE 80 53/udp").ports == Words{"53/udp", "80"});
  CHECK(get<VolumeInstruction>("VOLUME /a /b").paths == Words{"/a", "/b"});
  CHECK(get<VolumeInstruction>("VOLUME [\"/a b\"]").paths == Words{"/a b"});
  CHECK(get<ShellInstruction>("SHELL [\"/bin/bash\", \"-c\"]").words == Words{"/bin/bash", "-c"});
  CHECK(get<StopSignalInstruction>("STOPSIGNAL SIGINT").signal == "SIGINT");
  CHECK(get<MaintainerInstruction>("MAINTAINER Jo Doe").name == "Jo Doe");
  CHECK(get<OnBuildInstruction>("ONBUILD RUN make").text == "RUN make");
}
