#include "cli/stop_command.h"
#include "cli/stop_container.h"

namespace aictr::cli {

Result<int> stop(const Globals& globals, const StopFlags& flags, const std::vector<std::string>& arguments) {
  return each_container(globals, "stop", arguments, [&](const ContainerPlaces& places, Container& container) {
    return stop_container(globals, places, container, {flags.signal, flags.time});
  });
}

}  // namespace aictr::cli
