#pragma once

// Who we are to a registry: what `docker login`, `podman login` and `aictr login` have written, in the order
// $REGISTRY_AUTH_FILE or --authfile alone, else Docker's config.json ($DOCKER_CONFIG or ~/.docker), else
// $XDG_RUNTIME_DIR/containers/auth.json (/run/containers/UID/auth.json), else ~/.config/containers/auth.json.

#include <optional>
#include <string>

#include "base/result.h"

namespace aictr::images {

struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // an OAuth2 refresh token in place of a password
  std::string registry_token;  // a bearer token as it is
};

// Where credentials are kept: Docker's names for a registry. "docker.io" is "https://index.docker.io/v1/".
std::string credentials_key(const std::string& registry);

// For a repository of a registry; the most specific entry wins ("host/team/app" before "host/team" before "host").
// A credential helper that the file names for the host is asked first. Nothing: go without.
// Kind::corrupt, with the file's name, for one that cannot be read as JSON.
Result<std::optional<Credentials>> find_credentials(const std::string& authfile, const std::string& registry,
                                                    const std::string& repository);

// Files a registry's credentials in the first of those files, or with the helper that it names. The rest of the file
// stays as it is. Gives back where they went.
Result<std::string> store_credentials(const std::string& authfile, const std::string& registry,
                                      const Credentials& credentials);

// Kind::not_found when there are none.
Result<std::string> remove_credentials(const std::string& authfile, const std::string& registry);

}  // namespace aictr::images
