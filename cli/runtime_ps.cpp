#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"
#include "cli/report.h"
#include "cli/runtime_body.h"
#include "oci/json.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

struct PsFlags {
  std::string format = "table";
};
constexpr std::string_view kFormats[] = {"table", "json"};
constexpr Flag kPsFlags[] = {flag<&PsFlags::format>("format", 'f', "FORMAT", "how to print the list", kFormats)};

constexpr CommandFor<PsFlags> kPs = Command{
    .name = "ps",
    .summary = "list the processes of a container, in the host's numbers",
    .arguments = "ID [PS OPTIONS]",
    .details = "The table is what ps(1) of the host prints of them; -ef without options.",
    .examples = "aictr-runtime ps --format json ID\naictr-runtime ps ID -eo pid,args",
    .flags = kPsFlags,
    .interspersed = Interspersed::no,
    .min_arguments = 1,
    .program = "aictr-runtime",
};

Result<std::string> find_ps() {
  for (const char* path : {"/bin/ps", "/usr/bin/ps"}) {
    if (::access(path, X_OK) == 0) return std::string(path);
  }
  return make_error(Kind::not_found, "the host has no program 'ps'", "use --format json");
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

// The lines of ps's table whose PID is one of these, below its title.
Result<std::string> lines_of(const std::string& table, const std::vector<pid_t>& pids) {
  std::vector<std::string> lines = split(table, '\n');
  std::vector<std::string> title = words(lines[0]);
  auto column = std::ranges::find(title, "PID") - title.begin();
  if (column == std::ssize(title)) return make_error(Kind::usage, "couldn't find PID field in ps output");
  std::string text = lines[0] + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::vector<std::string> cells = words(lines[i]);
    if (std::ssize(cells) <= column) continue;
    auto pid = parse_number<pid_t>(cells[static_cast<std::size_t>(column)]);
    if (pid && std::ranges::binary_search(pids, *pid)) text += lines[i] + "\n";
  }
  return text;
}

std::string json_of(const std::vector<pid_t>& pids) {
  oci::Json::Array numbers;
  for (pid_t pid : pids) numbers.emplace_back(std::int64_t{pid});
  return pids.empty() ? "null\n" : oci::print_json(oci::Json(std::move(numbers))) + "\n";
}

Result<int> ps(const RuntimeContext& context, PsFlags& flags, const std::vector<std::string>& arguments) {
  std::vector<pid_t> pids = TRY(runtime::processes(context.root, arguments[0]));
  std::string text = json_of(pids);
  if (flags.format == "table") {
    std::string table = TRY(output_of_ps({arguments.begin() + 1, arguments.end()}));
    text = TRY(lines_of(table, pids));
  }
  TRY(print(text));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> process_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<PsFlags, ps>(kPs)};
  return kBodies;
}

}  // namespace aictr::cli
