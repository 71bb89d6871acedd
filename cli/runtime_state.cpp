#include <algorithm>

#include <fmt/core.h>

#include "cli/report.h"
#include "cli/runtime_body.h"
#include "oci/state.h"

namespace aictr::cli {
namespace {

struct ListFlags {
  std::string format = "table";
  bool quiet = false;
};
constexpr std::string_view kFormats[] = {"table", "json"};
constexpr Flag kListFlags[] = {flag<&ListFlags::format>("format", 'f', "FORMAT", "how to print the list", kFormats),
                               flag<&ListFlags::quiet>("quiet", 'q', "", "print ids only")};

constexpr CommandFor<NoFlags> kState = of_container("state", "print the state of a container as JSON");

constexpr CommandFor<ListFlags> kList = Command{
    .name = "list",
    .summary = "list the containers of this state root",
    .flags = kListFlags,
    .max_arguments = 0,
    .program = "aictr-runtime",
};

Result<int> state(const RuntimeContext& context, NoFlags&, const std::vector<std::string>& arguments) {
  oci::State found = TRY(runtime::state(context.root, arguments[0]));
  TRY(print(oci::print_state(found)));
  return 0;
}

// runc's columns: at least 12 wide, 3 apart.
std::string table_of(const std::vector<oci::State>& states) {
  std::vector<std::vector<std::string>> rows = {{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const oci::State& s : states)
    rows.push_back({s.id, std::to_string(s.pid), s.status, s.bundle, s.created, s.owner});
  std::vector<std::size_t> widths(rows[0].size(), 12);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size() + 3);
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += fmt::format("{:<{}}", row[i], widths[i]);
    text += row.back() + "\n";
  }
  return text;
}

Result<int> list(const RuntimeContext& context, ListFlags& flags, const std::vector<std::string>&) {
  if (context.root.is_missing() && context.root.path() != default_runtime_root())
    return make_error(Kind::not_found, fmt::format("state root '{}': no such file or directory", context.root.path()));
  auto states = TRY(runtime::list(context.root));
  for (oci::State& s : states) s.owner = "root";
  std::string text;
  if (flags.quiet) {
    for (const oci::State& s : states) text += s.id + "\n";
  } else {
    text = flags.format == "json" ? oci::print_states(states) + "\n" : table_of(states);
  }
  TRY(print(text));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> state_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<NoFlags, state>(kState), bind_runtime<ListFlags, list>(kList)};
  return kBodies;
}

}  // namespace aictr::cli
