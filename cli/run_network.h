#pragma once

#include <string>

#include "base/result.h"
#include "cli/run_command.h"
#include "hooks/network_attachment.h"
#include "oci/image_spec.h"

namespace aictr::cli {

// What --network and the flags about it ask for. `otherwise`: the network when --network is not given. Kind::usage for
// flags that contradict each other or have no meaning. Pure.
//   --network host | none | bridge | container:NAME | NAME[:ip=A,ip6=A,mac=M,alias=N] | name=NAME[,ip=A,…]; several
//   networks by several flags
Result<hooks::ContainerNetwork> run_network(const RunFlags& flags, const oci::ContainerConfig& image,
                                            const std::string& otherwise);

// Whether its addresses are some. Pure.
Result<void> check_attachment(const hooks::NetworkAttachment& attachment);

// AICTR_NETWORK, else the bridge where netavark is installed, else the host's network.
std::string usual_network();

}  // namespace aictr::cli
