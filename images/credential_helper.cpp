#include "images/credential_helper.h"

#include <chrono>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

constexpr std::string_view kNotFound = "credentials not found";  // what every helper says, in words of its own around

std::string member(const oci::Json& json, std::string_view name) {
  const oci::Json* found = json.find(name);
  const auto* text = found != nullptr ? found->as<std::string>() : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace

Result<std::string> CredentialHelper::run(const std::string& verb, std::string input) const {
  std::string program = "docker-credential-" + name_;
  Command command;
  auto found = find_program(program);
  if (!found.ok()) {
    return make_error(Kind::not_found, fmt::format("the credential helper '{}' is not in $PATH", program),
                      "install it, or take its name out of Docker's config.json");
  }
  command.program = std::move(found).value();
  command.arguments = {program, verb};
  command.environment = our_environment();
  command.input = std::move(input);
  command.deadline = std::chrono::seconds(60);
  CommandResult result = TRY(run_command(command));
  if (result.ended.exit_code() == 0) return std::move(result.output);
  std::string words(trim(result.output));
  Kind kind = words.find(kNotFound) != std::string::npos ? Kind::not_found : Kind::denied;
  return make_error(kind, fmt::format("{} {}: {}", program, verb, words.substr(0, words.find('\n'))));
}

Result<std::optional<Credentials>> CredentialHelper::get(const std::string& key) const {
  auto output = run("get", key);
  if (!output.ok() && output.error().kind == Kind::not_found && output.error().hint.empty()) {
    return std::optional<Credentials>();
  }
  std::string text = TRY(std::move(output));
  oci::Json json = TRY_AS("docker-credential-" + name_, oci::parse_json(text));
  Credentials credentials;
  credentials.user = member(json, "Username");
  std::string secret = member(json, "Secret");
  (credentials.user == "<token>" ? credentials.identity_token : credentials.password) = secret;
  if (secret.empty()) return std::optional<Credentials>();
  return std::optional(std::move(credentials));
}

Result<void> CredentialHelper::store(const std::string& key, const Credentials& credentials) const {
  bool token = !credentials.identity_token.empty();
  oci::Json json;
  json.set("ServerURL", oci::Json(key));
  json.set("Username", oci::Json(token ? std::string("<token>") : credentials.user));
  json.set("Secret", oci::Json(token ? credentials.identity_token : credentials.password));
  TRY(run("store", oci::print_json(json)));
  return {};
}

Result<void> CredentialHelper::erase(const std::string& key) const {
  TRY(run("erase", key));
  return {};
}

}  // namespace aictr::images
