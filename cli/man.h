#pragma once

#include <string>

#include "cli/flags.h"

namespace aictr::cli {

// Manual pages in roff (man(7)), made from the table of commands and flags.
std::string man_page(const Command& command);  // aictr-run(1)
std::string man_overview();                    // aictr(1)

// "aictr-run": the page's name without its section.
std::string man_name(const Command& command);

}  // namespace aictr::cli
