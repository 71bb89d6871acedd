#include <fmt/core.h>

#include "cli/container.h"
#include "cli/container_network.h"
#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/rm_command.h"

namespace aictr::cli {
namespace {

Result<void> remove_one(const Containers& containers, const runtime::StateRoot& states, const std::string& name,
                        const RmFlags& flags) {
  Container container = TRY(containers.find(name));
  if (flags.force) TRY(containers.end(container, states));
  auto left = containers.find(container.id);  // not if it was started with --rm
  auto volumes = flags.volumes ? Containers::OwnVolumes::remove : Containers::OwnVolumes::keep;
  auto force = flags.force ? runtime::Force::yes : runtime::Force::no;
  if (left.ok()) TRY(containers.remove(left.value(), states, force, volumes));
  return print(name + "\n");
}

}  // namespace

Result<int> rm(const Globals& globals, const RmFlags& flags, const std::vector<std::string>& arguments) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  TRY(containers.sweep(states));
  TRY(disconnect_abandoned(globals));
  int code = 0;
  for (const std::string& name : arguments) {
    auto removed = remove_one(containers, states, name, flags);
    if (removed.ok()) continue;
    bool absent = removed.error().kind == Kind::not_found;
    report_error(std::move(removed).error().context("rm"));
    if (!absent || !flags.force) code = kFailed;
  }
  return code;
}

}  // namespace aictr::cli
