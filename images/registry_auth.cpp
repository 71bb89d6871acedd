#include "images/registry_auth.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/base64.h"
#include "base/text.h"
#include "images/url.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

using std::chrono::seconds;

constexpr seconds kShortestLife{60};  // of a token that does not say; distribution's "token" specification
constexpr const char* kClient = "aictr";

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base64_encode(fmt::format("{}:{}", user, password));
}

std::string form_value(std::string_view name, std::string_view value) {
  return with_parameter("", name, value).substr(1);
}

std::string text_member(const oci::Json& json, std::string_view name) {
  const oci::Json* found = json.find(name);
  const auto* text = found != nullptr ? found->as<std::string>() : nullptr;
  return text != nullptr ? *text : std::string();
}

seconds life_of(const oci::Json& json) {
  const oci::Json* found = json.find("expires_in");
  const auto* count = found != nullptr ? found->as<std::int64_t>() : nullptr;
  return count != nullptr ? std::max(seconds(*count), seconds(1)) : kShortestLife;
}

// Token servers that know GET alone say so in one of these ways.
bool knows_no_post(int status) {
  return status == 400 || status == 401 || status == 404 || status == 405;
}

// A password goes to the token server only where nobody on the way can read it.
Result<void> check_realm(const std::string& realm, bool any) {
  auto url = parse_url(realm);
  if (!url) return make_error(Kind::corrupt, fmt::format("the registry's token server '{}' is no URL", realm));
  if (url->scheme == "https" || is_loopback(url->host) || any) return {};
  return make_error(Kind::denied, fmt::format("the registry's token server '{}' has no TLS", realm),
                    "--tls-verify=false talks to it nevertheless");
}

const Challenge* choose(const std::vector<Challenge>& challenges) {
  for (const char* scheme : {"bearer", "basic"}) {
    auto found =
        std::find_if(challenges.begin(), challenges.end(), [&](const auto& one) { return one.scheme == scheme; });
    if (found != challenges.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

Result<std::string> RegistryAuth::header(HttpClient& http, const std::string& scope) {
  std::lock_guard lock(mutex_);
  if (challenge_.scheme.empty()) return std::string();
  TRY(load_credentials());
  if (challenge_.scheme == "basic") {
    return credentials_ ? basic(credentials_->user, credentials_->password) : std::string();
  }
  return "Bearer " + TRY(token(http, scope));
}

Result<bool> RegistryAuth::answer(HttpClient& http, std::string_view header, const std::string& scope,
                                  const std::string& rejected) {
  std::lock_guard lock(mutex_);
  std::vector<Challenge> challenges = parse_challenges(header);
  const Challenge* challenge = choose(challenges);
  if (challenge == nullptr) return false;
  challenge_ = *challenge;
  TRY(load_credentials());
  if (challenge_.scheme == "basic") {
    return credentials_ && rejected != basic(credentials_->user, credentials_->password);
  }
  auto known = tokens_.find(scope);
  if (known != tokens_.end() && rejected == "Bearer " + known->second.value) tokens_.erase(known);
  TRY(token(http, scope));
  return true;
}

bool RegistryAuth::has_credentials() {
  std::lock_guard lock(mutex_);
  return credentials_.has_value();
}

Result<void> RegistryAuth::load_credentials() {
  if (loaded_) return {};
  credentials_ = options_.credentials;
  if (!credentials_) credentials_ = TRY(find_credentials(options_.authfile, registry_, repository_));
  loaded_ = true;
  return {};
}

Result<std::string> RegistryAuth::token(HttpClient& http, const std::string& scope) {
  if (credentials_ && !credentials_->registry_token.empty()) return credentials_->registry_token;
  auto known = tokens_.find(scope);
  if (known != tokens_.end() && Clock::now() < known->second.until) return known->second.value;
  Token fresh = TRY_AS(fmt::format("token for '{}'", registry_), fetch(http, scope));
  std::string value = fresh.value;
  tokens_[scope] = std::move(fresh);
  return value;
}

Result<RegistryAuth::Token> RegistryAuth::fetch(HttpClient& http, const std::string& scope) {
  TRY(check_realm(challenge_.parameter("realm"), !options_.tls_verify));
  HttpResponse response;
  if (credentials_ && !credentials_->identity_token.empty()) response = TRY(ask_with_refresh_token(http, scope));
  if (response.status == 0 || knows_no_post(response.status)) response = TRY(ask_with_password(http, scope));
  if (response.status == 401 || response.status == 403) {
    return make_error(Kind::denied, credentials_ ? "user name or password is wrong" : "the registry wants a login",
                      fmt::format("log in: aictr login {}", registry_));
  }
  if (!response.ok()) {
    return make_error(Kind::network, fmt::format("'{}' answers {}", challenge_.parameter("realm"), response.status));
  }
  oci::Json json = TRY(oci::parse_json(response.body));
  Token token;
  token.value = text_member(json, "token");
  if (token.value.empty()) token.value = text_member(json, "access_token");
  if (token.value.empty() || token.value.find_first_of("\r\n") != std::string::npos) {
    return make_error(Kind::corrupt, fmt::format("'{}' gives none", challenge_.parameter("realm")));
  }
  seconds life = life_of(json);
  token.until = Clock::now() + life - std::min(life / 4, seconds(15));
  return token;
}

// OAuth2, "refresh_token" (distribution, spec/auth/oauth.md).
Result<HttpResponse> RegistryAuth::ask_with_refresh_token(HttpClient& http, const std::string& scope) {
  HttpRequest request;
  request.method = "POST";
  request.url = challenge_.parameter("realm");
  request.headers = {"Content-Type: application/x-www-form-urlencoded"};
  std::string form =
      fmt::format("{}&{}&{}&{}&{}", form_value("grant_type", "refresh_token"),
                  form_value("service", challenge_.parameter("service")), form_value("client_id", kClient),
                  form_value("scope", scope), form_value("refresh_token", credentials_->identity_token));
  request.body = form;
  return http.send(request, tls_);
}

Result<HttpResponse> RegistryAuth::ask_with_password(HttpClient& http, const std::string& scope) {
  HttpRequest request;
  request.url = challenge_.parameter("realm");
  std::string service = challenge_.parameter("service");
  if (!service.empty()) request.url = with_parameter(request.url, "service", service);
  for (const std::string& one : words(scope)) request.url = with_parameter(request.url, "scope", one);
  if (credentials_ && !credentials_->user.empty()) {
    request.headers = {"Authorization: " + basic(credentials_->user, credentials_->password)};
  }
  return http.send(request, tls_);
}

}  // namespace aictr::images
