#pragma once

#include <optional>

#include "cli/container.h"
#include "oci/json.h"
#include "oci/state.h"

namespace aictr::cli {

// Docker's word for a status: "created", "running", "exited", "dead".
std::string_view status_word(Status status);

// Docker's STATUS column: "Up 3 minutes", "Exited (0) 2 hours ago", "Created", and for a container whose keeper was
// killed "Dead".
std::string status_text(const Container& container, Status status);

// A container as `inspect` shows it, in Docker's names and nesting. `state` is what the runtime knows while it runs.
oci::Json container_view(const Container& container, Status status, const std::optional<oci::State>& state);

}  // namespace aictr::cli
