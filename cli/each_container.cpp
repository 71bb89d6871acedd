#include "cli/each_container.h"

#include "cli/exit_code.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

Result<void> act_on(const ContainerPlaces& places, const std::string& name, const Act& act) {
  Container container = TRY(places.containers.find(name));
  TRY(act(places, container));
  return print(name + "\n");
}

}  // namespace

Result<ContainerPlaces> ContainerPlaces::open(const Globals& globals) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  return ContainerPlaces{std::move(containers), std::move(states)};
}

Result<int> each_container(const Globals& globals, std::string_view command, const std::vector<std::string>& names,
                           const Act& act) {
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  int code = 0;
  for (const std::string& name : names) {
    auto done = act_on(places, name, act);
    if (done.ok()) continue;
    report_error(std::move(done).error().context(command));
    code = kFailed;
  }
  return code;
}

}  // namespace aictr::cli
