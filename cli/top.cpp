#include <fmt/core.h>

#include "base/text.h"
#include "cli/container.h"
#include "cli/process_table.h"
#include "cli/report.h"
#include "cli/table.h"
#include "cli/top_command.h"
#include "runtime/control.h"

namespace aictr::cli {

namespace {

constexpr std::size_t kLeastWidth = 20;  // of a column, as Docker prints them

}  // namespace

Result<int> top(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  Container container = TRY(containers.find(arguments[0]));
  auto pids = runtime::processes(states, container.id);
  if (!pids.ok() && pids.error().kind != Kind::not_found) return std::move(pids).error();
  if (!pids.ok() || pids.value().empty()) {
    return make_error(Kind::busy, fmt::format("container '{}' is not running", container.name));
  }
  auto lines = TRY(process_lines({arguments.begin() + 1, arguments.end()}, pids.value()));
  std::vector<std::string> rows;
  for (const auto& cells : cells_of(lines)) rows.push_back(join(cells, "\t"));
  TRY(print(align(rows, kLeastWidth)));
  return 0;
}

}  // namespace aictr::cli
