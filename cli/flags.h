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
// --switch=false,
// "--" ends the flags.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::cli {

struct Flag {
  std::string_view name;   // without dashes
  char letter;             // 0: none
  std::string_view value;  // what the value is called in help; empty for a switch
  std::string_view help;   // one line, lower case
  Result<void> (*set)(void* flags, std::string_view text);
  std::span<const std::string_view> choices = {};  // completion and check of a closed set of values
  bool hidden = false;
};

// A size in bytes: "512m".
struct Bytes {
  std::int64_t count = 0;
};

// How a member of each type takes a value: bool (a switch), std::string, int, std::int64_t, double, Bytes,
// std::optional of those, and std::vector<std::string>, which collects.
Result<void> assign(bool& into, std::string_view text);
Result<void> assign(std::string& into, std::string_view text);
Result<void> assign(int& into, std::string_view text);
Result<void> assign(std::int64_t& into, std::string_view text);
Result<void> assign(double& into, std::string_view text);
Result<void> assign(Bytes& into, std::string_view text);
Result<void> assign(std::vector<std::string>& into, std::string_view text);

template <class T>
Result<void> assign(std::optional<T>& into, std::string_view text) {
  return assign(into.emplace(), text);
}

namespace detail {
template <class Class, class T>
Class class_of(T Class::*);
}

template <auto Member>
constexpr Flag flag(std::string_view name, char letter, std::string_view value, std::string_view help,
                    std::span<const std::string_view> choices = {}) {
  using Flags = decltype(detail::class_of(Member));
  return {name,
          letter,
          value,
          help,
          [](void* flags, std::string_view text) { return assign(static_cast<Flags*>(flags)->*Member, text); },
          choices};
}

// Where the flags of a command end.
enum class Interspersed {
  yes,  // flags may follow arguments: `aictr images -q`, `aictr rmi X -f`
  no,   // the first argument ends them: `aictr run IMAGE -x` gives -x to the container
};

struct Command {
  std::string_view name;       // "run"; "image prune" for a command of two words
  std::string_view summary;    // one line, lower case, no full stop
  std::string_view arguments;  // "IMAGE [COMMAND [ARG...]]"
  std::string_view details;    // paragraphs for --help and the man page; may be empty
  std::string_view examples;   // lines; may be empty
  std::span<const Flag> flags;
  Interspersed interspersed = Interspersed::yes;
  std::size_t min_arguments = 0;
  std::size_t max_arguments = SIZE_MAX;
};

// Fills `flags` (the struct that the table is bound to) and gives back the arguments that are no flags. Kind::usage
// names the flag, suggests the nearest for an unknown one, and hints at `aictr COMMAND --help`.
Result<std::vector<std::string>> parse_flags(const Command& command, std::span<const std::string> words, void* flags);

}  // namespace aictr::cli
