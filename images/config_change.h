#pragma once

#include <string_view>

#include "base/result.h"
#include "oci/image_spec.h"

namespace aictr::images {

// Applies one Dockerfile instruction that only changes the configuration: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK,
// LABEL, ONBUILD, SHELL, STOPSIGNAL, USER, VOLUME, WORKDIR. Variables are those of the configuration's ENV. Kind::usage
// for others, and for what cannot be parsed.
Result<void> apply_change(oci::ContainerConfig& config, std::string_view instruction);

}  // namespace aictr::images
