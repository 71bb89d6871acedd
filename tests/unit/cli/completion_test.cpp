#include "cli/completion.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "cli/commands.h"
#include "cli/global.h"
#include "cli/help.h"
#include "cli/man.h"

using namespace aictr::cli;

namespace {

using Words = std::vector<std::string>;

Words candidates(const Words& words) {
  Words found;
  for (const Candidate& candidate : complete(words).candidates) found.push_back(candidate.word);
  return found;
}

bool has(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

std::vector<const Command*> visible_commands() {
  std::vector<const Command*> commands;
  for (const Command* command : all_commands()) {
    if (command->group != Group::hidden) commands.push_back(command);
  }
  return commands;
}

Words typed(const Command& command, const std::string& last) {
  std::string name(command.name);
  Words words;
  for (std::size_t at = 0; at < name.size();) {
    auto end = std::min(name.find(' ', at), name.size());
    words.push_back(name.substr(at, end - at));
    at = end + 1;
  }
  words.push_back(last);
  return words;
}

}  // namespace

TEST_CASE("help, completion and man page know every command") {
  std::string overview = man_overview();
  for (const Command* command : visible_commands()) {
    std::string name(command->name);
    CAPTURE(name);
    CHECK(full_help(80).find("\n  " + name + " ") != std::string::npos);
    CHECK(overview.find("\\fB" + name + "\\fR") != std::string::npos);
    Words words = typed(*command, "");
    words.pop_back();
    std::string last = words.back();
    words.back() = "";
    CHECK(has(candidates(words), last));
  }
}

TEST_CASE("help, completion and man page know every flag, and no hidden one") {
  for (const Command* command : visible_commands()) {
    CAPTURE(std::string(command->name));
    std::string help = command_help(*command, 80);
    std::string page = man_page(*command);
    Words completed = candidates(typed(*command, "-"));
    for (const Flag& flag : command->flags) {
      std::string name(flag.name);
      CAPTURE(name);
      std::string in_page = name;
      for (std::size_t at = 0; (at = in_page.find('-', at)) != std::string::npos; at += 2) in_page.insert(at, "\\");
      bool visible = !flag.hidden;
      bool in_help =
          help.find("--" + name + " ") != std::string::npos || help.find("--" + name + "\n") != std::string::npos;
      CHECK(in_help == visible);
      CHECK((page.find("\\-\\-" + in_page + "\\fR") != std::string::npos) == visible);
      CHECK(has(completed, "--" + name) == visible);
    }
  }
}

TEST_CASE("no command has two flags of one name or letter, and every flag says what it is for") {
  for (const Command* command : all_commands()) {
    CAPTURE(std::string(command->name));
    CHECK_FALSE(command->summary.empty());
    CHECK_FALSE(command->summary.ends_with('.'));
    for (const Flag& flag : command->flags) {
      CAPTURE(std::string(flag.name));
      CHECK_FALSE(flag.help.empty());
      CHECK(std::ranges::count(command->flags, flag.name, &Flag::name) == 1);
      CHECK((flag.letter == 0 || std::ranges::count(command->flags, flag.letter, &Flag::letter) == 1));
    }
  }
}

TEST_CASE("flags before the command are completed and skipped") {
  CHECK(has(candidates({"--ro"}), "--root"));
  CHECK(candidates({"--root", ""}).empty());
  CHECK(complete(Words{"--root", ""}).names == Completes::files);
  CHECK(has(candidates({"--root", "/x", "vers"}), "version"));
  CHECK(has(candidates({"-v", "version", "--form"}), "--format"));
}

TEST_CASE("words of the table complete arguments") {
  CHECK(candidates({"completion", "z"}) == Words{"zsh"});
  CHECK(candidates({"help", "vers"}) == Words{"version"});
  CHECK(candidates({"completion", "zsh", ""}).empty());
  CHECK(candidates({"nosuch", ""}).empty());
}

TEST_CASE("there is a script for each shell and for no other") {
  for (const char* shell : {"bash", "zsh", "fish"}) CHECK(completion_script(shell).ok());
  CHECK_FALSE(completion_script("tcsh").ok());
}
