#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/made_container.h"

namespace aictr::cli {

// The container runs: the connection to its monitor, which carries what it writes unless it was started detached. Or it
// could not be started: the reason has been printed under `command`, and this is the exit code that fits.
struct Launched {
  UniqueFd monitor;
  std::optional<int> failed;
};

// What becomes of a container that could not be started.
enum class WhenFailed { keep, remove };

// Starts it in a process of its own, which becomes its monitor (bring_up.h), and waits until it runs.
Result<Launched> launch(std::string_view command, const Globals& globals, const ContainerPlaces& places,
                        MadeContainer made, WhenFailed when_failed);

}  // namespace aictr::cli
