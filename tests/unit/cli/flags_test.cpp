#include "cli/flags.h"

#include <doctest/doctest.h>

using namespace aictr;
using namespace aictr::cli;

namespace {

struct Flags {
  bool interactive = false;
  bool terminal = false;
  std::optional<bool> init;
  std::string name;
  std::vector<std::string> environment;
  std::optional<Bytes> memory;
  BytesOrUnlimited swap;
  std::optional<double> cpus;
  std::int64_t shares = 0;
  int count = 0;
  std::string progress;
};

constexpr std::string_view kProgress[] = {"auto", "tty", "plain"};

constexpr Flag kTable[] = {
    flag<&Flags::interactive>("interactive", 'i', "", "keep the input open"),
    flag<&Flags::terminal>("tty", 't', "", "give it a terminal"),
    flag<&Flags::init>("init", 0, "", "run an init"),
    flag<&Flags::name>("name", 0, "NAME", "name it"),
    flag<&Flags::environment>("env", 'e', "KEY=VALUE", "set a variable"),
    flag<&Flags::memory>("memory", 'm', "SIZE", "limit of memory"),
    flag<&Flags::swap>("memory-swap", 0, "SIZE", "limit of memory and swap"),
    flag<&Flags::cpus>("cpus", 0, "NUMBER", "limit of CPU time"),
    flag<&Flags::shares>("cpu-shares", 'c', "NUMBER", "weight"),
    flag<&Flags::count>("count", 0, "NUMBER", "how many"),
    flag<&Flags::progress>("progress", 0, "KIND", "how progress is shown", kProgress),
    hidden(flag<&Flags::name>("nom", 0, "NAME", "an old spelling of --name")),
};

constexpr Command command_with(Interspersed interspersed, std::size_t min = 0, std::size_t max = SIZE_MAX) {
  return {.name = "try",
          .summary = "",
          .arguments = "IMAGE [ARG...]",
          .details = "",
          .examples = "",
          .flags = kTable,
          .interspersed = interspersed,
          .min_arguments = min,
          .max_arguments = max};
}

using Words = std::vector<std::string>;

struct Outcome {
  Flags flags;
  Words arguments;
  bool help = false;
  std::string error;
  std::string hint;
};

Outcome parse(const Words& words, const Command& command = command_with(Interspersed::no)) {
  Outcome outcome;
  auto parsed = parse_flags(command, words, &outcome.flags);
  if (parsed.ok()) {
    outcome.arguments = parsed.value().arguments;
    outcome.help = parsed.value().help;
  } else {
    CHECK(parsed.error().kind == Kind::usage);
    outcome.error = parsed.error().message;
    outcome.hint = parsed.error().hint;
  }
  return outcome;
}

}  // namespace

TEST_CASE("a long flag takes its value from the next word or from behind an equals sign") {
  CHECK(parse({"--name", "web"}).flags.name == "web");
  CHECK(parse({"--name=web"}).flags.name == "web");
  CHECK(parse({"--name="}).flags.name.empty());
  CHECK(parse({"--env=A=b=c"}).flags.environment == Words{"A=b=c"});
}

TEST_CASE("a letter takes its value from the next word, from the rest of its word, or from behind an equals sign") {
  CHECK(parse({"-e", "A=b"}).flags.environment == Words{"A=b"});
  CHECK(parse({"-eA=b"}).flags.environment == Words{"A=b"});
  CHECK(parse({"-e=A=b"}).flags.environment == Words{"A=b"});
}

TEST_CASE("switches may stand in a bunch, the last of which may take a value") {
  auto bunch = parse({"-itm", "1k", "image"});
  CHECK(bunch.flags.interactive);
  CHECK(bunch.flags.terminal);
  CHECK(bunch.flags.memory->count == 1024);
  CHECK(bunch.arguments == Words{"image"});
  CHECK(parse({"-item1k"}).flags.environment == Words{"m1k"});
}

TEST_CASE("a switch takes a value only behind an equals sign") {
  CHECK(parse({"-i", "false"}).flags.interactive);
  CHECK_FALSE(parse({"--interactive=false"}).flags.interactive);
  CHECK(parse({"--interactive=TRUE"}).flags.interactive);
  CHECK_FALSE(parse({"-t", "-t=0"}).flags.terminal);
  CHECK_FALSE(parse({}).flags.init.has_value());
  CHECK(parse({"--init"}).flags.init == true);
  CHECK(parse({"--init=false"}).flags.init == false);
  CHECK(parse({"--init=maybe"}).error == "flag '--init': 'maybe' is neither true nor false");
}

TEST_CASE("the last of several values counts, a list keeps all in their order") {
  CHECK(parse({"--name", "a", "--name=b"}).flags.name == "b");
  CHECK(parse({"-e", "A=1", "--env", "B=2", "-eC=3"}).flags.environment == Words{"A=1", "B=2", "C=3"});
}

TEST_CASE("the first argument ends the flags of a command that runs another one") {
  auto outcome = parse({"-e", "KEY=V", "image", "cmd", "-i", "--name", "x", "--"});
  CHECK(outcome.flags.environment == Words{"KEY=V"});
  CHECK(outcome.arguments == Words{"image", "cmd", "-i", "--name", "x", "--"});
  CHECK_FALSE(outcome.flags.interactive);
  CHECK(parse({"image", "--help"}).help == false);
  CHECK(parse({"image", "--unknown"}).error.empty());
}

TEST_CASE("flags may follow the arguments of other commands") {
  auto outcome = parse({"one", "-i", "two", "--name", "x"}, command_with(Interspersed::yes));
  CHECK(outcome.flags.interactive);
  CHECK(outcome.flags.name == "x");
  CHECK(outcome.arguments == Words{"one", "two"});
}

TEST_CASE("two dashes end the flags, one dash is an argument") {
  CHECK(parse({"-i", "--", "-t"}).arguments == Words{"-t"});
  CHECK_FALSE(parse({"-i", "--", "-t"}).flags.terminal);
  CHECK(parse({"a", "--", "--name", "x"}, command_with(Interspersed::yes)).arguments == Words{"a", "--name", "x"});
  CHECK(parse({"-", "-i"}, command_with(Interspersed::yes)).arguments == Words{"-"});
}

TEST_CASE("a value may begin with a dash") {
  CHECK(parse({"--name", "-x"}).flags.name == "-x");
  CHECK(parse({"--name", "--"}).flags.name == "--");
  CHECK(parse({"--cpu-shares", "-1"}).flags.shares == -1);
}

TEST_CASE("a flag without its value is refused") {
  CHECK(parse({"--name"}).error == "flag '--name' needs a value: NAME");
  CHECK(parse({"-ie"}).error == "flag '-e' needs a value: KEY=VALUE");
  CHECK(parse({"--name"}).hint == "see 'aictr try --help'");
}

TEST_CASE("an unknown flag is refused with the one that was meant") {
  CHECK(parse({"--memroy", "1g"}).error == "unknown flag '--memroy', did you mean '--memory'?");
  CHECK(parse({"--interactiv=1"}).error == "unknown flag '--interactiv', did you mean '--interactive'?");
  CHECK(parse({"--xyzzy-plugh"}).error == "unknown flag '--xyzzy-plugh'");
  CHECK(parse({"--xyzzy-plugh"}).hint == "see 'aictr try --help'");
  CHECK(parse({"-z"}).error == "unknown flag '-z'");
  CHECK(parse({"-izt"}).error == "unknown flag '-z' in '-izt'");
  CHECK(parse({"-name", "x"}).error == "unknown flag '-name', did you mean '--name'?");
  CHECK(parse({"--="}).error == "unknown flag '--'");
}

TEST_CASE("a hidden flag works and is suggested to nobody") {
  CHECK(parse({"--nom", "x"}).flags.name == "x");
  CHECK(parse({"--nomm", "x"}).error == "unknown flag '--nomm', did you mean '--name'?");
}

TEST_CASE("a value of the wrong kind is refused with the flag and the word") {
  CHECK(parse({"-m", "much"}).error == "flag '-m': 'much' is not a size");
  CHECK(parse({"-m", "much"}).hint == "write a number and b, k, m, g or t: 512m");
  CHECK(parse({"--cpus", "two"}).error == "flag '--cpus': 'two' is not a number");
  CHECK(parse({"--count", "1.5"}).error == "flag '--count': '1.5' is not a whole number");
  CHECK(parse({"--count", "99999999999"}).error == "flag '--count': '99999999999' is not a whole number");
  CHECK(parse({"--count="}).error == "flag '--count': '' is not a whole number");
  for (const char* bad : {"", "1x", "nan", "inf", "1e3", " 1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse({"--cpus", bad}).error.empty());
  }
}

TEST_CASE("a value outside of a closed set is refused with the set") {
  CHECK(parse({"--progress=plain"}).flags.progress == "plain");
  CHECK(parse({"--progress", "fancy"}).error == "flag '--progress': 'fancy' is none of auto, tty, plain");
}

TEST_CASE("a limit may be switched off where the flag says so") {
  CHECK(parse({"--memory-swap", "-1"}).flags.swap.count == -1);
  CHECK(parse({"--memory-swap", "2k"}).flags.swap.count == 2048);
  CHECK_FALSE(parse({"--memory", "-1"}).error.empty());
}

TEST_CASE("the number of arguments is checked") {
  CHECK(parse({}, command_with(Interspersed::yes, 1)).error == "needs at least 1 argument: IMAGE [ARG...]");
  CHECK(parse({"a"}, command_with(Interspersed::yes, 2, 2)).error == "needs 2 arguments: IMAGE [ARG...]");
  CHECK(parse({"a", "b"}, command_with(Interspersed::yes, 0, 1)).error == "takes at most 1 argument, got 'b' as well");
  CHECK(parse({"a"}, command_with(Interspersed::yes, 0, 0)).error == "takes no argument, got 'a'");
}

TEST_CASE("the words of flags make the same flags again, and say nothing of what nobody asked for") {
  constexpr CommandFor<Flags> kCommand(command_with(Interspersed::no));
  CHECK(words_of(kCommand, Flags()).empty());
  Flags flags;
  Words given = {
      "-it", "--init=false", "--nom=box", "-e", "A=b c", "-e", "D=", "-m", "64m", "--memory-swap", "-1", "--cpus=1.5"};
  REQUIRE(parse_flags(kCommand, given, &flags).ok());
  Words words = words_of(kCommand, flags);
  Flags again;
  REQUIRE(parse_flags(kCommand, words, &again).ok());
  CHECK(words_of(kCommand, again) == words);
  CHECK(again.interactive);
  CHECK(again.init == std::optional(false));
  CHECK(again.name == "box");
  CHECK(again.environment == Words{"A=b c", "D="});
  CHECK(again.memory->count == 64 << 20);
  CHECK(again.swap.count == -1);
  CHECK(*again.cpus == 1.5);
}

TEST_CASE("help wins over what is missing, and its letter over nothing") {
  CHECK(parse({"--help"}, command_with(Interspersed::yes, 1)).help);
  CHECK(parse({"-h"}, command_with(Interspersed::yes, 1)).help);
  CHECK(parse({"-ih"}).help);
  CHECK_FALSE(parse({"--name", "--help"}).help);
}
