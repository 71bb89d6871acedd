#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/container.h"
#include "cli/global.h"

namespace aictr::cli {

// Where containers are, and what the kernel side of them is doing.
struct ContainerPlaces {
  Containers containers;
  runtime::StateRoot states;
  static Result<ContainerPlaces> open(const Globals& globals);
};

// Does `act` to each container that is named and prints the name, as Docker does. It goes on after one that fails,
// whose reason is printed under `command`. The exit code: 0, or 1 when one has failed.
using Act = std::function<Result<void>(const ContainerPlaces& places, Container& container)>;
Result<int> each_container(const Globals& globals, std::string_view command, const std::vector<std::string>& names,
                           const Act& act);

}  // namespace aictr::cli
