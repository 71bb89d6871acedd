#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/container_edits.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// Gives the container the CDI devices of these qualified names ("vendor.com/class=name", "…=all"), as the files of
// --cdi-spec-dir or of /etc/cdi and /var/run/cdi describe them. What -e and -v say about the same variable or place
// wins. Reads no file when there is no name.
Result<void> add_cdi_devices(oci::Spec& spec, const std::vector<std::string>& names, const RunFlags& flags);

// Takes out of the edits what the user has decided otherwise: variables of -e and the places of -v, --mount and
// --tmpfs. Pure.
void keep_choices_of_user(oci::ContainerEdits& edits, const RunFlags& flags);

}  // namespace aictr::cli
