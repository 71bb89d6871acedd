#pragma once

#include <span>
#include <string>

#include "cli/body.h"

namespace aictr::cli {

// Where a command goes whose body is not in this program; comes back only with an error.
using HandOver = Error (*)(std::span<const std::string> words);

// main() of aictr and of aictr-images: global flags, the command, its body; errors printed. The exit code.
int run_program(int argc, char** argv, std::span<const Body> bodies, HandOver hand_over);

// Becomes aictr-images with the same words: it has the commands that build and transfer, and loads what they need. It
// is looked for in $AICTR_LIBEXEC, beside this program, in ../libexec/aictr from there, and where it was installed to.
Error become_images_program(std::span<const std::string> words);

}  // namespace aictr::cli
