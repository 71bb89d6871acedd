#include "cli/report.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_terminal.h"
#include "base/text.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kRed = "1;31";
constexpr std::string_view kYellow = "1;33";
constexpr std::string_view kCyan = "36";

std::string painted(std::string_view text, std::string_view colour) {
  return shows_colour(STDERR_FILENO) ? fmt::format("\033[{}m{}\033[0m", colour, text) : std::string(text);
}

void complain(std::string_view line) {
  // Nobody can be told that the place for complaints is gone.
  ignore(sys::write_all(STDERR_FILENO, line));
}

std::string hint_of(const Error& error) {
  bool full = error.code == ENOSPC || error.code == EDQUOT;
  if (!full || !error.hint.empty()) return error.hint;
  return "the disk is full: `aictr rm` and `aictr rmi` remove containers and images, --root puts them elsewhere";
}

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Result<void> print(std::string_view text) {
  return sys::write_all(STDOUT_FILENO, text);
}

void report_error(const Error& error) {
  std::string lines = error.excerpt;
  lines += fmt::format("{} {}\n", painted("aictr:", kRed), error.message);
  std::string hint = hint_of(error);
  if (!hint.empty()) lines += fmt::format("{} {}\n", painted("hint:", kCyan), hint);
  complain(lines);
}

void report_warning(std::string_view text) {
  complain(fmt::format("{} {}\n", painted("warning:", kYellow), text));
}

void report_done(std::string_view text) {
  complain(fmt::format("{}\n", text));
}

void report_choice(const Globals& globals, std::string_view text) {
  if (globals.verbose) complain(fmt::format("aictr: {}\n", text));
}

bool shows_colour(int fd) {
  const char* term = std::getenv("TERM");
  bool dumb = term == nullptr || std::string_view(term) == "dumb";
  return !dumb && !set_and_not_empty("NO_COLOR") && ::isatty(fd) == 1;
}

int terminal_width(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

void show(std::string_view text) {
  ignore(sys::write_all(STDERR_FILENO, text));
}

bool can_draw() {
  const char* term = std::getenv("TERM");
  return sys::is_terminal(STDERR_FILENO) && term != nullptr && std::string_view(term) != "dumb";
}

int rows_to_draw() {
  constexpr int kFewest = 8;  // some terminals do not know their size
  auto size = sys::terminal_size(STDERR_FILENO);
  return size.ok() && size.value().ws_row >= kFewest ? size.value().ws_row : 24;
}

Error cannot_draw() {
  return make_error(Kind::usage, "--progress=tty: standard error is not a terminal that can be drawn on",
                    "use --progress=plain");
}

}  // namespace aictr::cli
