#include "images/registry_credentials.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fmt/core.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/text.h"
#include "images/credential_helper.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

using oci::Json;

constexpr std::string_view kDockerHub = "https://index.docker.io/v1/";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string docker_file() {
  std::string folder = variable("DOCKER_CONFIG");
  if (folder.empty()) folder = variable("HOME") + "/.docker";
  return folder + "/config.json";
}

// In the order in which they are asked; a new login goes to the first.
std::vector<std::string> files(std::string authfile) {
  if (authfile.empty()) authfile = variable("REGISTRY_AUTH_FILE");
  if (!authfile.empty()) return {authfile};
  std::string runtime = variable("XDG_RUNTIME_DIR");
  if (runtime.empty())
    runtime = fmt::format("/run/containers/{}", ::getuid());
  else
    runtime += "/containers";
  std::string config = variable("XDG_CONFIG_HOME");
  if (config.empty()) config = variable("HOME") + "/.config";
  return {docker_file(), runtime + "/auth.json", config + "/containers/auth.json"};
}

Result<Json> load(const std::string& path) {
  auto text = read_file(AT_FDCWD, path);
  if (!text.ok() && text.error().kind == Kind::not_found) return Json(Json::Object());
  std::string read = TRY(std::move(text));
  Json json = TRY_AS(fmt::format("'{}'", path), oci::parse_json(trim(read).empty() ? "{}" : read));
  if (json.as<Json::Object>() == nullptr) return make_error(Kind::corrupt, fmt::format("'{}' is no JSON object", path));
  return json;
}

std::string text_member(const Json* json, std::string_view name) {
  const Json* found = json != nullptr ? json->find(name) : nullptr;
  const auto* text = found != nullptr ? found->as<std::string>() : nullptr;
  return text != nullptr ? *text : std::string();
}

// "https://host/v1/" and "host/" are "host"; paths of repositories stay.
std::string normal_key(std::string_view key) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) {
      key.remove_prefix(scheme.size());
      key = key.substr(0, key.find('/'));
    }
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  std::string host(key);
  if (host == "index.docker.io" || host == "registry-1.docker.io") return "docker.io";
  return host;
}

// "host/a/b", "host/a", "host".
std::vector<std::string> keys_of(const std::string& registry, const std::string& repository) {
  std::vector<std::string> keys;
  for (std::string key = registry + "/" + repository; key.size() > registry.size(); key.erase(key.rfind('/'))) {
    if (key.back() != '/') keys.push_back(key);
  }
  keys.push_back(registry);
  return keys;
}

const Json* entry_of(const Json& file, const std::string& key) {
  const Json* auths = file.find("auths");
  const auto* members = auths != nullptr ? auths->as<Json::Object>() : nullptr;
  if (members == nullptr) return nullptr;
  for (const auto& [name, value] : *members) {
    if (normal_key(name) == key) return &value;
  }
  return nullptr;
}

Result<std::optional<Credentials>> read_entry(const Json& entry) {
  Credentials credentials;
  credentials.user = text_member(&entry, "username");
  credentials.password = text_member(&entry, "password");
  credentials.identity_token = text_member(&entry, "identitytoken");
  credentials.registry_token = text_member(&entry, "registrytoken");
  std::string packed = text_member(&entry, "auth");
  if (!packed.empty()) {
    auto plain = base64_decode(packed);
    std::size_t colon = plain ? plain->find(':') : std::string::npos;
    if (colon == std::string::npos) return make_error(Kind::corrupt, "'auth' is not USER:PASSWORD in base64");
    credentials.user = plain->substr(0, colon);
    credentials.password = plain->substr(colon + 1);
    while (credentials.password.ends_with('\0')) credentials.password.pop_back();  // as old Dockers wrote it
  }
  bool empty = credentials.user.empty() && credentials.identity_token.empty() && credentials.registry_token.empty();
  return empty ? std::optional<Credentials>() : std::optional(std::move(credentials));
}

// The helper that the file names for a registry: its own, or the one for all.
std::string helper_of(const Json& file, const std::string& registry) {
  const Json* helpers = file.find("credHelpers");
  const auto* members = helpers != nullptr ? helpers->as<Json::Object>() : nullptr;
  for (const auto& [name, value] : members != nullptr ? *members : Json::Object()) {
    const auto* helper = value.as<std::string>();
    if (normal_key(name) == registry && helper != nullptr) return *helper;
  }
  return text_member(&file, "credsStore");
}

Result<std::optional<Credentials>> find_in(const Json& file, const std::string& registry,
                                           const std::string& repository) {
  std::string helper = helper_of(file, registry);
  if (!helper.empty()) {
    auto found = TRY(CredentialHelper(helper).get(credentials_key(registry)));
    if (found) return found;
  }
  for (const std::string& key : keys_of(registry, repository)) {
    const Json* entry = entry_of(file, key);
    if (entry == nullptr) continue;
    auto found = TRY_AS(fmt::format("credentials of '{}'", key), read_entry(*entry));
    if (found) return found;
  }
  return std::optional<Credentials>();
}

Result<void> save(const std::string& path, const Json& json) {
  std::size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) TRY(make_directories(AT_FDCWD, path.substr(0, slash), 0700));
  return write_file(AT_FDCWD, path, oci::print_json(json, 2) + "\n", 0600);
}

Json without_entry(const Json& auths, const std::string& registry) {
  Json kept{Json::Object()};
  const auto* members = auths.as<Json::Object>();
  for (const auto& [name, value] : members != nullptr ? *members : Json::Object()) {
    if (normal_key(name) != registry) kept.set(name, value);
  }
  return kept;
}

Json auths_of(const Json& file) {
  const Json* auths = file.find("auths");
  return auths != nullptr ? *auths : Json(Json::Object());
}

}  // namespace

std::string credentials_key(const std::string& registry) {
  return registry == "docker.io" ? std::string(kDockerHub) : registry;
}

Result<std::optional<Credentials>> find_credentials(const std::string& authfile, const std::string& registry,
                                                    const std::string& repository) {
  for (const std::string& path : files(authfile)) {
    Json file = TRY(load(path));
    auto found = TRY_AS(fmt::format("'{}'", path), find_in(file, registry, repository));
    if (found) return found;
  }
  return std::optional<Credentials>();
}

Result<std::string> store_credentials(const std::string& authfile, const std::string& registry,
                                      const Credentials& credentials) {
  std::string path = files(authfile).front();
  Json file = TRY(load(path));
  std::string helper = helper_of(file, registry);
  if (!helper.empty()) {
    TRY(CredentialHelper(helper).store(credentials_key(registry), credentials));
    return "docker-credential-" + helper;
  }
  Json entry;
  if (!credentials.identity_token.empty()) entry.set("identitytoken", Json(credentials.identity_token));
  entry.set("auth", Json(base64_encode(fmt::format("{}:{}", credentials.user, credentials.password))));
  Json auths = without_entry(auths_of(file), registry);
  auths.set(credentials_key(registry), std::move(entry));
  file.set("auths", std::move(auths));
  TRY(save(path, file));
  return path;
}

Result<std::string> remove_credentials(const std::string& authfile, const std::string& registry) {
  for (const std::string& path : files(authfile)) {
    Json file = TRY(load(path));
    std::string helper = helper_of(file, registry);
    if (!helper.empty()) {
      CredentialHelper program(helper);
      if (TRY(program.get(credentials_key(registry)))) {
        TRY(program.erase(credentials_key(registry)));
        return "docker-credential-" + helper;
      }
    }
    if (entry_of(file, registry) == nullptr) continue;
    file.set("auths", without_entry(auths_of(file), registry));
    TRY(save(path, file));
    return path;
  }
  return make_error(Kind::not_found, fmt::format("not logged in to '{}'", registry));
}

}  // namespace aictr::images
