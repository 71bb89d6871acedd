#pragma once

// A container's network, in the steps of its life: prepare before it is created, connect between its creation and its
// start, disconnect after its end. All that they need is in the record and in the run root, so any process may do any
// step, and every step may be done again.

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "cli/container.h"
#include "cli/global.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// Kind::unsupported when the program that makes networks is missing, Kind::not_found for a network that is not there:
// before anything is made.
Result<void> check_network(const Globals& globals, const hooks::ContainerNetwork& network);

// Which network namespace the spec says, and the files of /etc in `directory`, the container's (absolute). Needs
// record.network.hostname. For the network of another container that one must run.
Result<void> prepare_network(const Globals& globals, oci::Spec& spec, const Container& record,
                             const std::string& directory);

// Puts the namespace of process `pid`, which waits for its start, on the record's networks. What an earlier run of the
// container has left is put down first. A failure leaves nothing.
Result<void> connect(const Globals& globals, Container& record, pid_t pid);

// Puts down what connect() has set up. The container has ended.
Result<void> disconnect(const Globals& globals, const Container& record);

// The same for containers that have ended with nobody left to do it.
Result<void> disconnect_abandoned(const Globals& globals);

// One network more or less of a container that runs, whose process is `pid`.
Result<void> connect_one(const Globals& globals, const Container& record, const hooks::NetworkAttachment& wanted,
                         pid_t pid);
Result<void> disconnect_one(const Globals& globals, const Container& record, const std::string& network, pid_t pid);

// The network namespace alone, without files.
void set_network_namespace(oci::Spec& spec, const hooks::ContainerNetwork& network);

}  // namespace aictr::cli
