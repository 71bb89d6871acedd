#pragma once

#include <optional>
#include <vector>

#include "cli/container.h"
#include "cli/health.h"
#include "hooks/network_connection.h"
#include "oci/json.h"
#include "oci/state.h"

namespace aictr::cli {

// Docker's word for a status: "created", "running", "exited", "dead".
std::string_view status_word(Status status);

// Docker's STATUS column: "Up 3 minutes", "Exited (0) 2 hours ago", "Created", and for a container whose monitor was
// killed "Dead"; with "(healthy)" when somebody asks for its health.
std::string status_text(const Container& container, Status status, const std::optional<Health>& health);

// A container as `inspect` shows it, in Docker's names and nesting. `state` is what the runtime knows while it runs,
// `connections` what its networks are then, `health` what is known of it.
oci::Json container_view(const Container& container, Status status, const std::optional<oci::State>& state,
                         const std::vector<hooks::Connection>& connections, const std::optional<Health>& health);

}  // namespace aictr::cli
