#include "cli/help.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/body.h"
#include "cli/commands.h"
#include "cli/global.h"
#include "cli/help_command.h"
#include "cli/report.h"
#include "cli/table.h"

namespace aictr::cli {
namespace {

struct Row {
  std::string left;
  std::string right;
};

// Two columns; the right one is wrapped at `width`. What is too long for the left one has its line for itself.
std::string columns(const std::vector<Row>& rows, int width) {
  constexpr std::size_t kMaxLeft = 30;
  std::size_t left = 0;
  for (const Row& row : rows) {
    if (characters(row.left) <= kMaxLeft) left = std::max(left, characters(row.left));
  }
  std::size_t indent = left + 4;
  std::string text;
  for (const Row& row : rows) {
    text += "  " + row.left;
    std::size_t used = characters(row.left);
    text += used > left ? "\n" + std::string(indent, ' ') : std::string(left - used + 2, ' ');
    text += wrapped(row.right, std::max<std::size_t>(static_cast<std::size_t>(width), indent + 20), indent) + "\n";
  }
  return text;
}

// Paragraphs are wrapped; lines that are indented stay as they are.
std::string paragraphs(std::string_view text, int width) {
  std::string result;
  for (const std::string& line : split(text, '\n'))
    result += (line.starts_with(' ') ? line : wrapped(line, static_cast<std::size_t>(width), 0)) + "\n";
  return result;
}

std::string spelling(const Flag& flag) {
  std::string text = flag.letter != 0 ? fmt::format("-{}, ", flag.letter) : "    ";
  text += fmt::format("--{}", flag.name);
  if (!flag.value.empty()) text += fmt::format(" {}", flag.value);
  return text;
}

std::string flag_rows(const Command& command, int width) {
  std::vector<Row> rows;
  for (const Flag& flag : command.flags) {
    if (!flag.hidden) rows.push_back({spelling(flag), help_text(flag)});
  }
  return rows.empty() ? "" : "\nFlags:\n" + columns(rows, width);
}

std::string indented(std::string_view lines) {
  std::string text;
  for (const std::string& line : split(lines, '\n')) text += "  " + line + "\n";
  return text;
}

std::string_view heading(Group group) {
  switch (group) {
    case Group::common:
      return "Common commands:";
    case Group::images:
      return "Images:";
    case Group::containers:
      return "Containers:";
    case Group::system:
      return "System:";
    case Group::hidden:
      break;
  }
  return "";
}

std::string group_rows(Group group, int width) {
  std::vector<Row> rows;
  for (const Command* command : all_commands()) {
    if (command->group == group) rows.push_back({std::string(command->name), std::string(command->summary)});
  }
  return rows.empty() ? "" : fmt::format("\n{}\n{}", heading(group), columns(rows, width));
}

}  // namespace

std::string help_text(const Flag& flag) {
  if (flag.choices.empty()) return std::string(flag.help);
  std::vector<std::string> choices(flag.choices.begin(), flag.choices.end());
  return fmt::format("{} ({})", flag.help, join(choices, ", "));
}

std::string version_line() {
  return fmt::format("aictr version {}\n", AICTR_VERSION);
}

std::string short_help() {
  std::string text = fmt::format("aictr: {}\n", kGlobalFlags.summary);
  for (const Command* command : all_commands()) {
    if (command->group != Group::common) continue;
    text += fmt::format("\n  {}\n      {}\n", command->summary, split(command->examples, '\n')[0]);
  }
  return text + "\n'aictr --help' lists every command, 'aictr COMMAND --help' explains one.\n";
}

std::string full_help(int width) {
  std::string text = fmt::format("Usage:  aictr [FLAGS] COMMAND [ARG...]\n\naictr: {}\n", kGlobalFlags.summary);
  for (Group group : {Group::common, Group::images, Group::containers, Group::system}) text += group_rows(group, width);
  text += flag_rows(kGlobalFlags, width);
  return text + "\n'aictr COMMAND --help' explains a command.\n";
}

std::string command_help(const Command& command, int width) {
  std::string text =
      fmt::format("Usage:  {}{}{}\n\n{}\n", full_name(command), command.flags.empty() ? "" : " [FLAGS]",
                  command.arguments.empty() ? "" : fmt::format(" {}", command.arguments), command.summary);
  if (!command.details.empty()) text += "\n" + paragraphs(command.details, width);
  text += flag_rows(command, width);
  if (!command.examples.empty()) text += "\nExamples:\n" + indented(command.examples);
  return text;
}

Result<int> help(const Globals&, const NoFlags&, const std::vector<std::string>& arguments) {
  int width = terminal_width(STDOUT_FILENO);
  if (arguments.empty()) {
    TRY(print(full_help(width)));
    return 0;
  }
  Found found = TRY(find_command(arguments));
  TRY(print(command_help(*found.command, width)));
  return 0;
}

Result<void> print_help(const Command& command) {
  return print(command_help(command, terminal_width(STDOUT_FILENO)));
}

}  // namespace aictr::cli
