#pragma once

#include <string>

#include "base/result.h"
#include "images/http.h"

namespace aictr::images {

// Certificates for one registry, in the folders that Docker and Podman use: /etc/docker/certs.d/HOST[:PORT] and
// /etc/containers/certs.d/HOST[:PORT], or `cert_dir` alone. *.crt are authorities, trusted beside the machine's; a pair
// NAME.cert and NAME.key is who we are.
Result<TlsSettings> registry_tls(const std::string& host, const std::string& cert_dir, bool verify);

}  // namespace aictr::images
