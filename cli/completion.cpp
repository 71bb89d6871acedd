#include "cli/completion.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/global.h"

namespace aictr::cli {
namespace {

const Flag* find_long(const Command& command, std::string_view name) {
  auto found = std::ranges::find(command.flags, name, &Flag::name);
  return found == command.flags.end() ? nullptr : &*found;
}

const Flag* find_letter(const Command& command, char letter) {
  auto found = std::ranges::find(command.flags, letter, &Flag::letter);
  return found == command.flags.end() ? nullptr : &*found;
}

// The flag whose value is the word behind `word`.
const Flag* waits_for_value(const Command& command, std::string_view word) {
  if (word.starts_with("--")) {
    const Flag* flag = find_long(command, word.substr(2));
    return flag != nullptr && !flag->value.empty() ? flag : nullptr;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Flag* flag = find_letter(command, word[i]);
    if (flag == nullptr) return nullptr;
    if (!flag->value.empty()) return i + 1 == word.size() ? flag : nullptr;
  }
  return nullptr;
}

// How the words before the last are read as flags and arguments of one command.
struct Walk {
  std::size_t next = 0;           // the word behind those that belong to flags and arguments
  std::size_t arguments = 0;      // how many were met
  const Flag* pending = nullptr;  // the flag that the last word is the value of
  bool flags_ended = false;
};

Walk walk(const Command& command, std::span<const std::string> before) {
  Walk walk;
  while (walk.next < before.size()) {
    const std::string& word = before[walk.next];
    bool is_flag = !walk.flags_ended && word.starts_with('-') && word != "-";
    if (!is_flag && command.interspersed == Interspersed::no) {
      walk.arguments = before.size() - walk.next;
      walk.flags_ended = true;
      return walk;
    }
    ++walk.next;
    if (!is_flag) {
      ++walk.arguments;
    } else if (word == "--") {
      walk.flags_ended = true;
    } else if (const Flag* flag = waits_for_value(command, word)) {
      if (walk.next == before.size()) walk.pending = flag;
      walk.next = std::min(walk.next + 1, before.size());
    }
  }
  return walk;
}

Completion values_of(const Flag& flag, const std::string& in_front) {
  Completion completion;
  for (std::string_view choice : flag.choices) completion.candidates.push_back({in_front + std::string(choice), ""});
  bool path = flag.value == "FILE" || flag.value == "DIR" || flag.value == "PATH";
  if (path) completion.names = Completes::files;
  return completion;
}

Completion flags_of(const Command& command, const std::string& word) {
  auto equals = word.find('=');
  if (equals != std::string::npos) {
    const Flag* flag = word.starts_with("--") ? find_long(command, word.substr(2, equals - 2)) : nullptr;
    return flag == nullptr ? Completion() : values_of(*flag, word.substr(0, equals + 1));
  }
  Completion completion;
  for (const Flag& flag : command.flags) {
    if (!flag.hidden) completion.candidates.push_back({fmt::format("--{}", flag.name), std::string(flag.help)});
  }
  completion.candidates.push_back({"--help", "explain the command"});
  return completion;
}

// The next word of every command that begins with `typed`.
Completion commands_after(std::span<const std::string> typed) {
  Completion completion;
  for (const Command* command : all_commands()) {
    auto name = aictr::words(command->name);
    if (command->group == Group::hidden || name.size() <= typed.size()) continue;
    if (!std::equal(typed.begin(), typed.end(), name.begin())) continue;
    bool last = name.size() == typed.size() + 1;
    completion.candidates.push_back({name[typed.size()], last ? std::string(command->summary) : ""});
  }
  return completion;
}

Completion argument_of(const Command& command, std::span<const std::string> before, std::size_t index) {
  if (index >= command.max_arguments) return {};
  if (command.completes == Completes::commands) return commands_after(before.last(index));
  if (command.completes == Completes::shells) return {{{"bash", ""}, {"zsh", ""}, {"fish", ""}}, Completes::nothing};
  Completion completion;
  bool inside_container = command.interspersed == Interspersed::no && index > 0;
  completion.names = inside_container ? Completes::files : command.completes;
  return completion;
}

Completion complete_part(const Command& command, std::span<const std::string> before, const std::string& word) {
  Walk walked = walk(command, before);
  if (walked.pending != nullptr) return values_of(*walked.pending, "");
  if (word.starts_with('-') && !walked.flags_ended) return flags_of(command, word);
  return argument_of(command, before, walked.arguments);
}

Completion complete_line(std::span<const std::string> before, const std::string& word) {
  Walk globals = walk(kGlobalFlags, before);
  auto typed = before.subspan(globals.next);
  if (globals.pending != nullptr) return values_of(*globals.pending, "");
  if (typed.empty() && word.starts_with('-')) return flags_of(kGlobalFlags, word);
  auto found = typed.empty() ? Result<Found>(Found()) : find_command(typed);
  if (!found.ok() || found.value().command == nullptr) return commands_after(typed);
  return complete_part(*found.value().command, typed.subspan(found.value().words), word);
}

}  // namespace

Completion complete(std::span<const std::string> words) {
  std::string word = words.empty() ? "" : words.back();
  Completion completion = complete_line(words.first(words.empty() ? 0 : words.size() - 1), word);
  std::erase_if(completion.candidates, [&](const Candidate& candidate) { return !candidate.word.starts_with(word); });
  return completion;
}

}  // namespace aictr::cli
