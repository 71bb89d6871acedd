#pragma once

// One table of flags a command feeds parsing, --help, shell completion and the man page. A flag is bound to a member of
// the command's own struct, so the command reads typed values:
//
//   struct TagFlags { bool quiet = false; std::vector<std::string> labels; };
//   constexpr Flag kTagFlags[] = {
//       flag<&TagFlags::quiet>("quiet", 'q', "", "print nothing"),
//       flag<&TagFlags::labels>("label", 0, "KEY=VALUE", "add a label; may be repeated"),
//   };
//
// Grammar as Docker's: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, -n=VALUE, switches in a bunch (-it),
// --switch=false; "--" ends the flags, "-" is an argument.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace aictr::cli {

struct Flag {
  std::string_view name;   // without dashes
  char letter;             // 0: none
  std::string_view value;  // what the value is called in help; empty for a switch
  std::string_view help;   // one line, lower case
  Result<void> (*set)(void* flags, std::string_view text);
  std::vector<std::string> (*texts)(const void* flags);  // what `set` takes to make it what it is now
  const void* owner;                                     // tells the struct that `set` writes to
  std::span<const std::string_view> choices = {};        // completion and check of a closed set of values
  bool hidden = false;
};

// A size in bytes: "512m".
struct Bytes {
  std::int64_t count = 0;
};

// The same, or -1 for no limit.
struct BytesOrUnlimited {
  std::int64_t count = 0;
};

// How a member of each type takes a value: bool (a switch), std::string, int, std::int64_t, double, Bytes,
// BytesOrUnlimited, std::optional of those, and std::vector<std::string>, which collects.
Result<void> assign(bool& into, std::string_view text);
Result<void> assign(std::string& into, std::string_view text);
Result<void> assign(int& into, std::string_view text);
Result<void> assign(std::int64_t& into, std::string_view text);
Result<void> assign(double& into, std::string_view text);
Result<void> assign(Bytes& into, std::string_view text);
Result<void> assign(BytesOrUnlimited& into, std::string_view text);
Result<void> assign(std::vector<std::string>& into, std::string_view text);

template <class T>
Result<void> assign(std::optional<T>& into, std::string_view text) {
  return assign(into.emplace(), text);
}

// The way back: the texts that give a fresh member this value.
std::vector<std::string> texts_of(bool value);
std::vector<std::string> texts_of(const std::string& value);
std::vector<std::string> texts_of(int value);
std::vector<std::string> texts_of(std::int64_t value);
std::vector<std::string> texts_of(double value);
std::vector<std::string> texts_of(const Bytes& value);
std::vector<std::string> texts_of(const BytesOrUnlimited& value);
std::vector<std::string> texts_of(const std::vector<std::string>& value);

template <class T>
std::vector<std::string> texts_of(const std::optional<T>& value) {
  return value ? texts_of(*value) : std::vector<std::string>();
}

namespace detail {

template <class Class, class T>
Class class_of(T Class::*);
template <class Class, class T>
T type_of(T Class::*);

template <class T>
inline constexpr bool is_switch = std::is_same_v<T, bool> || std::is_same_v<T, std::optional<bool>>;

template <class Flags>
inline constexpr char owner_tag = 0;

template <auto Member, class Flags>
Result<void> set_member(void* flags, std::string_view text) {
  return assign(static_cast<Flags*>(flags)->*Member, text);
}

template <auto Member, class Flags>
std::vector<std::string> texts_of_member(const void* flags) {
  return texts_of(static_cast<const Flags*>(flags)->*Member);
}

}  // namespace detail

// Fails to compile for a switch that names a value and for a value without a name. `Flags` is named for a member that
// it has from a base.
template <auto Member, class Flags = decltype(detail::class_of(Member))>
consteval Flag flag(std::string_view name, char letter, std::string_view value, std::string_view help,
                    std::span<const std::string_view> choices = {}) {
  if (detail::is_switch<decltype(detail::type_of(Member))> != value.empty()) throw "a value has a name, a switch none";
  return {name,
          letter,
          value,
          help,
          &detail::set_member<Member, Flags>,
          &detail::texts_of_member<Member, Flags>,
          &detail::owner_tag<Flags>,
          choices};
}

// A flag that works but is left out of help, completion and the man page: an old or foreign spelling.
consteval Flag hidden(Flag flag) {
  flag.hidden = true;
  return flag;
}

// Where the flags of a command end.
enum class Interspersed {
  yes,  // flags may follow arguments: `aictr images -q`, `aictr rmi X -f`
  no,   // the first argument ends them: `aictr run IMAGE -x` gives -x to the container
};

// Under which heading `aictr --help` lists a command.
enum class Group { common, images, containers, system, hidden };

// What completes an argument in the shell.
enum class Completes { nothing, files, images, containers, images_or_containers, commands, shells };

struct Command {
  std::string_view name;            // "run"; "image prune" for a command of two words
  std::string_view summary;         // one line, lower case, no full stop
  std::string_view arguments = {};  // "IMAGE [COMMAND [ARG...]]"
  std::string_view details = {};    // paragraphs for --help and the man page
  std::string_view examples = {};   // lines, the most telling first
  std::span<const Flag> flags = {};
  Group group = Group::system;
  Completes completes = Completes::nothing;
  Interspersed interspersed = Interspersed::yes;
  // Docker's flags that this command does not have yet, letters too: whoever types one is told so.
  std::span<const std::string_view> later = {};
  std::size_t min_arguments = 0;
  std::size_t max_arguments = SIZE_MAX;
  std::string_view program = "aictr";
};

// A command whose flags are all members of `Flags`; anything else does not compile.
template <class Flags>
struct CommandFor : Command {
  consteval CommandFor(Command command) : Command(command) {
    for (const Flag& flag : command.flags) {
      if (flag.owner != &detail::owner_tag<Flags>) throw "a flag of another struct";
    }
  }
};

// For a command that has no flags.
struct NoFlags {};

struct Parsed {
  std::vector<std::string> arguments;  // what is no flag
  bool help = false;                   // --help was met; nothing behind it was looked at
};

// Fills `flags`, the struct that the command's table is bound to. Every command has --help, and -h unless its table
// uses the letter. Kind::usage names the flag, suggests the nearest for an unknown one, and hints at
// `aictr COMMAND --help`.
Result<Parsed> parse_flags(const Command& command, std::span<const std::string> words, void* flags);

namespace detail {
std::vector<std::string> words_of(const Command& command, const void* flags, const void* fresh);
}

// The words from which parse_flags() makes the same `flags` again, "--name=value" each: what a container that is
// started again was asked for. What is as it is without a word is left out, and so are hidden flags, other spellings of
// one.
template <class Flags>
std::vector<std::string> words_of(const CommandFor<Flags>& command, const Flags& flags) {
  const Flags fresh;
  return detail::words_of(command, &flags, &fresh);
}

// "aictr run"; the program alone for the flags before a command.
std::string full_name(const Command& command);

// The hint of an error in how `command` was called.
std::string help_hint(const Command& command);

}  // namespace aictr::cli
