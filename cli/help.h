#pragma once

// The texts that --help prints, made from the table of commands and flags.

#include <string>

#include "cli/flags.h"

namespace aictr::cli {

std::string version_line();                                   // "aictr version 0.1.0"
std::string short_help();                                     // `aictr` alone: the common commands, an example each
std::string full_help(int width);                             // `aictr --help`: every command, by group
std::string command_help(const Command& command, int width);  // `aictr run --help`

// What a flag is for, with the words it takes when those are a closed set.
std::string help_text(const Flag& flag);

}  // namespace aictr::cli
