#pragma once

// The certificate authorities of the host, shown to containers and build steps: behind a proxy that inspects TLS, pip,
// apt, curl and npm fail unless they trust what the host trusts. The bundle is a bind mount inside the container's own
// /dev, so nothing of it can end in an image.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

enum class HostCa { automatic, always, never };
Result<HostCa> parse_host_ca(std::string_view text);  // auto, always, never

// The bundle to show, or nothing. Automatic shows it when it holds an authority that the distribution's package does
// not, or when SSL_CERT_FILE names a bundle of the caller's own. What was found is remembered in `runroot` for as long
// as the bundle stays the same. Kind::not_found with `always` on a host without a bundle.
Result<std::optional<std::string>> host_ca_bundle(HostCa when, const std::string& runroot);

// Mounts `bundle` and names it in the variables that programs look at, unless they are set already. `directory` gets
// the file that tells apt.
Result<void> show_host_ca(oci::Spec& spec, const std::string& bundle, const std::string& directory);

// How many certificates of a PEM bundle are not among `known`. Pure.
std::size_t count_foreign(std::string_view bundle, const std::vector<std::string>& known);

}  // namespace aictr::cli
