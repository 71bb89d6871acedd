#pragma once

// What a word of a command line may become, from the table of commands and flags.

#include <span>
#include <string>
#include <vector>

#include "cli/flags.h"

namespace aictr::cli {

struct Candidate {
  std::string word;
  std::string help;  // may be empty
};

struct Completion {
  std::vector<Candidate> candidates;
  Completes names = Completes::nothing;  // what else fits: files, or names that only a look at the machine tells
};

// `words` are those behind the program's name; the last is the one being typed, perhaps empty. Candidates that do not
// begin with it are left out. Pure.
Completion complete(std::span<const std::string> words);

// The script that a shell reads; Kind::usage for a shell we know nothing of.
Result<std::string> completion_script(std::string_view shell);

}  // namespace aictr::cli
