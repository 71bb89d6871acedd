#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/attach_protocol.h"
#include "cli/made_container.h"

namespace aictr::cli {

// Starts a container, in a process that is to be its monitor from then on: mounts its root, makes its network files and
// streams, creates and starts it, puts that down in its record, and becomes aictr-monitor. Comes back only with the
// reason why not, and with nothing of the attempt left. `clients` hear that it has started and, unless it is detached,
// what it writes. Kind::exec when its command cannot be run.
Error bring_up(const Globals& globals, const ContainerPlaces& places, MadeContainer made,
               std::vector<UniqueFd> clients);

// The socket where people attach to a container that runs; it is Kind::busy for others.
Result<UniqueFd> connect_to_monitor(const Globals& globals, const Container& container);
Result<void> say_hello(int monitor, Wish wish);  // the first that a monitor hears on that connection
Result<void> remove_monitor_socket(const Globals& globals, const Container& container);

}  // namespace aictr::cli
