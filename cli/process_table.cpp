#include "cli/process_table.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"

namespace aictr::cli {
namespace {

Result<std::string> find_ps() {
  for (const char* path : {"/bin/ps", "/usr/bin/ps"}) {
    if (::access(path, X_OK) == 0) return std::string(path);
  }
  return make_error(Kind::not_found, "the host has no program 'ps'", "install it (package procps)");
}

Result<std::string> output_of_ps(std::vector<std::string> options) {
  aictr::Command command;
  command.program = TRY(find_ps());
  command.arguments = {"ps"};
  if (options.empty()) options = {"-ef"};
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  command.environment = {"COLUMNS=512"};
  command.output_limit = 16U << 20;
  CommandResult result = TRY(run_command(command));
  if (result.ended.exit_code() == 0) return std::move(result.output);
  return make_error(Kind::internal,
                    fmt::format("ps: exit status {}: {}", result.ended.exit_code(), trim(result.output)));
}

}  // namespace

Result<std::vector<std::string>> process_lines(std::vector<std::string> options, const std::vector<pid_t>& pids) {
  std::string table = TRY(output_of_ps(std::move(options)));
  std::vector<std::string> lines = split(table, '\n');
  std::vector<std::string> title = words(lines[0]);
  auto column = std::ranges::find(title, "PID") - title.begin();
  if (column == std::ssize(title)) return make_error(Kind::usage, "couldn't find PID field in ps output");
  std::vector<std::string> found = {lines[0]};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::vector<std::string> cells = words(lines[i]);
    if (std::ssize(cells) <= column) continue;
    auto pid = parse_number<pid_t>(cells[static_cast<std::size_t>(column)]);
    if (pid && std::ranges::binary_search(pids, *pid)) found.push_back(lines[i]);
  }
  return found;
}

ProcessTable cells_of(const std::vector<std::string>& lines) {
  ProcessTable table;
  std::size_t columns = lines.empty() ? 0 : words(lines[0]).size();
  for (const std::string& line : lines) {
    std::vector<std::string> cells = words(line);
    if (cells.size() > columns) {
      std::string last = join(std::span(cells).subspan(columns - 1), " ");
      cells.resize(columns);
      cells.back() = std::move(last);
    }
    table.push_back(std::move(cells));
  }
  return table;
}

}  // namespace aictr::cli
