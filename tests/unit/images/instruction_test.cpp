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

TEST_CASE("an instruction that has no meaning is refused with the word") {
  struct Row {
    const char* text;
    const char* message;
    const char* hint;
  };
  const Row kRows[] = {
      {"RNU echo", "unknown instruction 'RNU'", "did you mean 'RUN'?"},
      {"EXPSE 80", "unknown instruction 'EXPSE'", "did you mean 'EXPOSE'?"},
      {"xyzzyx 80", "unknown instruction 'xyzzyx'", ""},
      {"FROM", "FROM: the image is missing", "write FROM IMAGE or FROM IMAGE AS NAME"},
      {"FROM a b", "FROM: 'a b' is not an image", "write FROM IMAGE or FROM IMAGE AS NAME"},
      {"FROM a like b", "FROM: 'a like b' is not an image", "write FROM IMAGE or FROM IMAGE AS NAME"},
      {"FROM a AS 1b", "FROM: '1b' is no name for a stage",
       "a stage's name begins with a letter and goes on with letters, digits, '-', '_' and '.'"},
      {"FROM --plattform=x a", "FROM: unknown flag '--plattform'", "did you mean '--platform'?"},
      {"FROM --platform a", "FROM: flag '--platform' needs a value", "write --platform=VALUE, without blanks"},
      {"ARG", "ARG: the name is missing", ""},
      {"ARG =x", "ARG: '=x' has no name", ""},
      {"ENV", "ENV: NAME=VALUE is missing", ""},
      {"ENV PATH", "ENV: 'PATH' has no value", "write NAME=VALUE"},
      {"ENV a=1 b", "ENV: 'b' is not of the form NAME=VALUE", "put quotes around a value that holds blanks"},
      {"ENV =1", "ENV: '=1' has no name", ""},
      {"ENV --x=1 a=b", "ENV: unknown flag '--x'", "it takes no flags"},
      {"LABEL a", "LABEL: 'a' has no value", "write NAME=VALUE"},
      {"RUN", "RUN: the command is missing", ""},
      {"RUN []", "RUN: the command is empty", ""},
      {"RUN [\"a\", 1]", "RUN: '[\"a\", 1]' holds something that is not a string", "put every word in double quotes"},
      {"RUN --security=insecure a", "RUN: flag '--security' is not supported yet", ""},
      {"RUN --network=bridge a", "RUN: '--network=bridge' is not default, none or host", ""},
      {"RUN --netwrk=none a", "RUN: unknown flag '--netwrk'", "did you mean '--network'?"},
      {"RUN --network=none --network=none a", "RUN: flag '--network' stands here twice", ""},
      {"COPY", "COPY: sources and destination are missing", "write COPY SOURCE... DESTINATION"},
      {"COPY a", "COPY: 'a' has no destination", "write COPY SOURCE... DESTINATION"},
      {"COPY --chwn=1 a b", "COPY: unknown flag '--chwn'", "did you mean '--chown'?"},
      {"COPY --link=maybe a b", "COPY: flag '--link' is true or false, not 'maybe'", ""},
      {"COPY --parents a b", "COPY: flag '--parents' is not supported yet", ""},
      {"COPY https://x/y /z", "COPY: 'https://x/y' is a URL, and COPY copies files", "ADD fetches from a URL"},
      {"COPY a <<EOF", "COPY: the heredoc '<<EOF' cannot be the destination", ""},
      {"WORKDIR", "WORKDIR: the directory is missing", ""},
      {"USER", "USER: the user is missing", ""},
      {"EXPOSE", "EXPOSE: the port is missing", ""},
      {"VOLUME", "VOLUME: the path is missing", ""},
      {"VOLUME [\"\"]", "VOLUME: a path is empty", ""},
      {"VOLUME []", "VOLUME: the path is missing", ""},
      {"SHELL", "SHELL: the shell is missing", ""},
      {"SHELL /bin/bash -c", "SHELL: '/bin/bash -c' is not a JSON array", "write SHELL [\"/bin/bash\", \"-c\"]"},
      {"SHELL []", "SHELL: the shell is missing", ""},
      {"STOPSIGNAL", "STOPSIGNAL: the signal is missing", ""},
      {"MAINTAINER", "MAINTAINER: the name is missing", ""},
      {"HEALTHCHECK", "HEALTHCHECK: '' is neither CMD nor NONE", "write HEALTHCHECK CMD COMMAND"},
      {"HEALTHCHECK curl x", "HEALTHCHECK: 'curl' is neither CMD nor NONE", "write HEALTHCHECK CMD COMMAND"},
      {"HEALTHCHECK CMD", "HEALTHCHECK: the command behind CMD is missing", ""},
      {"HEALTHCHECK NONE x", "HEALTHCHECK: NONE takes no arguments, but here is 'x'", ""},
      {"HEALTHCHECK --interval=1us CMD x", "HEALTHCHECK: --interval: '1us' is less than a millisecond", ""},
      {"HEALTHCHECK --retries=-1 CMD x", "HEALTHCHECK: --retries: '-1' is not a whole number from 0", ""},
      {"ONBUILD", "ONBUILD: the instruction is missing", ""},
      {"ONBUILD FROM a", "ONBUILD: 'FROM' cannot wait for a later build", ""},
      {"ONBUILD ONBUILD RUN a", "ONBUILD: 'ONBUILD' cannot wait for a later build", ""},
      {"ONBUILD RNU a", "ONBUILD: unknown instruction 'RNU'", "did you mean 'RUN'?"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    auto result = parse(row.text);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == row.message);
    CHECK(result.error().hint == row.hint);
  }
}
