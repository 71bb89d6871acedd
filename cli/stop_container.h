#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/each_container.h"
#include "cli/global.h"

namespace aictr::cli {

// How a container is to be ended: its own signal and patience unless others are given. A negative timeout waits for
// ever.
struct StopWish {
  std::string signal;
  std::optional<int> timeout;  // seconds
};

// Asks the container to end, kills it when the time is over, and waits until it has been put away; its monitor does not
// start it again. Nothing is done to one that does not run.
Result<void> stop_container(const Globals& globals, const ContainerPlaces& places, Container& container,
                            const StopWish& wish);

}  // namespace aictr::cli
