#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "cli/flags.h"

namespace aictr::cli {

// Every command of `aictr`, in the order help lists them, whichever program has its body.
std::span<const Command* const> all_commands();

// The command that `words` begin with, and how many of them are its name. Kind::usage suggests the nearest.
struct Found {
  const Command* command = nullptr;
  std::size_t words = 0;
};
Result<Found> find_command(std::span<const std::string> words);

}  // namespace aictr::cli
