#pragma once

// What a command says: results on standard output, everything else on standard error. Only programs print; the
// libraries below cli/ never do.

#include <string_view>

#include "base/result.h"
#include "cli/global.h"

namespace aictr::cli {

// To standard output, at once; an error when it cannot be written, such as on a full disk.
Result<void> print(std::string_view text);

// "aictr: run: message", with the lines of the file that it is about above, and "hint: …" on a line of its own.
void report_error(const Error& error);
// "warning: text": the command goes on.
void report_warning(std::string_view text);
// What was done, for people; what programs read goes to standard output.
void report_done(std::string_view text);
// A default that aictr chose, for those who asked with -v.
void report_choice(const Globals& globals, std::string_view text);

// True for a terminal that shows colours, unless NO_COLOR (https://no-color.org) or TERM=dumb forbid them.
bool shows_colour(int fd);
// Columns of the terminal that `fd` is, or 80.
int terminal_width(int fd);

// What changes while a command works, on standard error; that nobody reads it any more is no reason to stop.
void show(std::string_view text);
// Whether standard error is a terminal where lines can be drawn over, and its rows.
bool can_draw();
int rows_to_draw();
// --progress=tty where it cannot be.
Error cannot_draw();

}  // namespace aictr::cli
