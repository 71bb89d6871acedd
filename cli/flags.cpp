#include "cli/flags.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {
namespace {

template <class Number>
Result<void> assign_whole(Number& into, std::string_view text) {
  auto number = parse_number<Number>(text);
  if (!number) return make_error(Kind::usage, fmt::format("'{}' is not a whole number", text));
  into = *number;
  return {};
}

// Takes the words one after the other; what a flag's value is depends on the words behind it.
class Parser {
 public:
  Parser(const Command& command, std::span<const std::string> words, void* flags)
      : command_(command), words_(words), flags_(flags) {}

  Result<Parsed> parse() {
    while (next_ < words_.size() && !parsed_.help) {
      std::string_view word = words_[next_++];
      if (word == "--") break;
      if (word.starts_with("--")) {
        TRY(take_long(word.substr(2)));
      } else if (word.starts_with("-") && word.size() > 1) {
        TRY(take_letters(word));
      } else {
        parsed_.arguments.emplace_back(word);
        if (command_.interspersed == Interspersed::no) break;
      }
    }
    if (parsed_.help) return std::move(parsed_);
    parsed_.arguments.insert(parsed_.arguments.end(), words_.begin() + static_cast<std::ptrdiff_t>(next_),
                             words_.end());
    TRY(check_count());
    return std::move(parsed_);
  }

 private:
  // "name" or "name=value"
  Result<void> take_long(std::string_view text) {
    auto equals = text.find('=');
    std::string_view name = text.substr(0, equals);
    const Flag* flag = find([&](const Flag& f) { return f.name == name; });
    std::string spelled = fmt::format("--{}", name);
    if (flag == nullptr && name == "help" && equals == std::string_view::npos) {
      parsed_.help = true;
      return {};
    }
    if (flag == nullptr) return unknown(spelled, name);
    if (equals != std::string_view::npos) return set(*flag, spelled, text.substr(equals + 1));
    if (flag->value.empty()) return set(*flag, spelled, "true");
    return set_from_next(*flag, spelled);
  }

  // "-it", "-e=A=b", "-eA=b", "-ite" with the value in the next word
  Result<void> take_letters(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      char letter = word[i];
      const Flag* flag = find([&](const Flag& f) { return f.letter == letter && letter != 0; });
      std::string spelled = fmt::format("-{}", letter);
      if (flag == nullptr && letter == 'h') {
        parsed_.help = true;
        return {};
      }
      if (flag == nullptr) return unknown_letter(spelled, word);
      std::string_view rest = word.substr(i + 1);
      if (rest.starts_with("=")) return set(*flag, spelled, rest.substr(1));
      if (!flag->value.empty()) return rest.empty() ? set_from_next(*flag, spelled) : set(*flag, spelled, rest);
      TRY(set(*flag, spelled, "true"));
    }
    return {};
  }

  Result<void> set_from_next(const Flag& flag, const std::string& spelled) {
    if (next_ == words_.size()) return usage(fmt::format("flag '{}' needs a value: {}", spelled, flag.value));
    return set(flag, spelled, words_[next_++]);
  }

  Result<void> set(const Flag& flag, const std::string& spelled, std::string_view text) {
    auto done = check_choice(flag, text);
    if (done.ok()) done = flag.set(flags_, text);
    if (done.ok()) return {};
    Error error = std::move(done).error().context(fmt::format("flag '{}'", spelled)).with_kind(Kind::usage);
    if (error.hint.empty()) error.hint = help_hint(command_);
    return error;
  }

  static Result<void> check_choice(const Flag& flag, std::string_view text) {
    if (flag.choices.empty() || std::ranges::find(flag.choices, text) != flag.choices.end()) return {};
    std::vector<std::string> choices(flag.choices.begin(), flag.choices.end());
    return make_error(Kind::usage, fmt::format("'{}' is none of {}", text, join(choices, ", ")));
  }

  Result<void> check_count() {
    std::size_t count = parsed_.arguments.size();
    if (count < command_.min_arguments) {
      return usage(fmt::format("needs {}: {}", counted(command_.min_arguments, command_.max_arguments, "at least "),
                               command_.arguments));
    }
    if (count <= command_.max_arguments) return {};
    if (command_.max_arguments == 0) return usage(fmt::format("takes no argument, got '{}'", parsed_.arguments[0]));
    return usage(fmt::format("takes {}, got '{}' as well",
                             counted(command_.max_arguments, command_.min_arguments, "at most "),
                             parsed_.arguments[command_.max_arguments]));
  }

  static std::string counted(std::size_t bound, std::size_t other, std::string_view qualifier) {
    return fmt::format("{}{} argument{}", bound == other ? "" : qualifier, bound, bound == 1 ? "" : "s");
  }

  Result<void> unknown(const std::string& spelled, std::string_view name) const {
    if (comes_later(name)) return usage(fmt::format("flag '{}' is not supported yet", spelled));
    std::vector<std::string> names = {"help"};
    for (const Flag& flag : command_.flags) {
      if (!flag.hidden) names.emplace_back(flag.name);
    }
    auto meant = nearest(name, names);
    return usage(
        fmt::format("unknown flag '{}'{}", spelled, meant ? fmt::format(", did you mean '--{}'?", *meant) : ""));
  }

  // Somebody who writes "-name" means "--name".
  Result<void> unknown_letter(const std::string& spelled, std::string_view word) const {
    if (comes_later(std::string_view(spelled).substr(1)))
      return usage(fmt::format("flag '{}' is not supported yet", spelled));
    std::string_view name = word.substr(1, word.find('=') - 1);
    if (find([&](const Flag& f) { return f.name == name && !f.hidden; }) != nullptr)
      return usage(fmt::format("unknown flag '{}', did you mean '-{}'?", word, word));
    return usage(word.size() == 2 ? fmt::format("unknown flag '{}'", spelled)
                                  : fmt::format("unknown flag '{}' in '{}'", spelled, word));
  }

  bool comes_later(std::string_view name) const {
    return std::ranges::find(command_.later, name) != command_.later.end();
  }

  Error usage(std::string message) const { return make_error(Kind::usage, std::move(message), help_hint(command_)); }

  template <class Predicate>
  const Flag* find(Predicate is) const {
    auto found = std::ranges::find_if(command_.flags, is);
    return found == command_.flags.end() ? nullptr : &*found;
  }

  const Command& command_;
  std::span<const std::string> words_;
  void* flags_;
  std::size_t next_ = 0;
  Parsed parsed_;
};

}  // namespace

Result<void> assign(bool& into, std::string_view text) {
  std::string word = lower(text);
  bool yes = word == "true" || word == "1" || word == "t";
  if (!yes && word != "false" && word != "0" && word != "f")
    return make_error(Kind::usage, fmt::format("'{}' is neither true nor false", text));
  into = yes;
  return {};
}

Result<void> assign(std::string& into, std::string_view text) {
  into = text;
  return {};
}

Result<void> assign(int& into, std::string_view text) {
  return assign_whole(into, text);
}

Result<void> assign(std::int64_t& into, std::string_view text) {
  return assign_whole(into, text);
}

Result<void> assign(double& into, std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return make_error(Kind::usage, fmt::format("'{}' is not a number", text));
  into = value;
  return {};
}

Result<void> assign(Bytes& into, std::string_view text) {
  into.count = TRY(parse_bytes(text));
  return {};
}

Result<void> assign(BytesOrUnlimited& into, std::string_view text) {
  into.count = text == "-1" ? -1 : TRY(parse_bytes(text));
  return {};
}

Result<void> assign(std::vector<std::string>& into, std::string_view text) {
  into.emplace_back(text);
  return {};
}

std::vector<std::string> texts_of(bool value) {
  return {value ? "true" : "false"};
}

std::vector<std::string> texts_of(const std::string& value) {
  return {value};
}

std::vector<std::string> texts_of(int value) {
  return {std::to_string(value)};
}

std::vector<std::string> texts_of(std::int64_t value) {
  return {std::to_string(value)};
}

std::vector<std::string> texts_of(double value) {
  return {fmt::format("{:.9f}", value)};
}

std::vector<std::string> texts_of(const Bytes& value) {
  return {std::to_string(value.count)};
}

std::vector<std::string> texts_of(const BytesOrUnlimited& value) {
  return {std::to_string(value.count)};
}

std::vector<std::string> texts_of(const std::vector<std::string>& value) {
  return value;
}

std::vector<std::string> detail::words_of(const Command& command, const void* flags, const void* fresh) {
  std::vector<std::string> words;
  for (const Flag& flag : command.flags) {
    std::vector<std::string> texts = flag.texts(flags);
    if (flag.hidden || texts == flag.texts(fresh)) continue;
    for (const std::string& text : texts) words.push_back(fmt::format("--{}={}", flag.name, text));
  }
  return words;
}

Result<Parsed> parse_flags(const Command& command, std::span<const std::string> words, void* flags) {
  return Parser(command, words, flags).parse();
}

std::string help_hint(const Command& command) {
  return fmt::format("see '{} --help'", full_name(command));
}

std::string full_name(const Command& command) {
  std::string name(command.program);
  if (!command.name.empty()) name.append(" ").append(command.name);
  return name;
}

}  // namespace aictr::cli
