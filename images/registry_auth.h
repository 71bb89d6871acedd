#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/http.h"
#include "images/registry_challenge.h"
#include "images/registry_credentials.h"

namespace aictr::images {

// What a person says about talking to a registry.
struct RegistryOptions {
  bool tls_verify = true;                                 // false: any certificate, or none at all
  std::string cert_dir;                                   // like /etc/docker/certs.d/HOST; empty: those of the machine
  std::string authfile;                                   // empty: the usual ones (registry_credentials.h)
  bool ask_first = false;                                 // whether it is there: there is another place to go to
  std::optional<Credentials> credentials = std::nullopt;  // in place of those that are filed
};

// Answers a registry's demands: bearer tokens (distribution-spec, "token authentication") and basic authentication.
// Tokens are kept by scope and asked for again before they expire. For all threads that talk to one registry.
class RegistryAuth {
 public:
  // `tls`: for the token server, which is often another host.
  RegistryAuth(std::string registry, std::string repository, RegistryOptions options, TlsSettings tls)
      : registry_(std::move(registry)),
        repository_(std::move(repository)),
        options_(std::move(options)),
        tls_(std::move(tls)) {}

  // The value of the Authorization header for a request of this scope ("repository:team/app:pull", several with a blank
  // between them); empty as long as the registry has not asked for one.
  Result<std::string> header(HttpClient& http, const std::string& scope);

  // After a 401: prepares another header. False when there is none to try beside `rejected`.
  Result<bool> answer(HttpClient& http, std::string_view challenge, const std::string& scope,
                      const std::string& rejected);

  // Whether credentials were found; for a message about a refusal.
  bool has_credentials();

 private:
  using Clock = std::chrono::steady_clock;
  struct Token {
    std::string value;
    Clock::time_point until;
  };

  Result<void> load_credentials();
  Result<std::string> token(HttpClient& http, const std::string& scope);
  Result<Token> fetch(HttpClient& http, const std::string& scope);
  Result<HttpResponse> ask_with_refresh_token(HttpClient& http, const std::string& scope);
  Result<HttpResponse> ask_with_password(HttpClient& http, const std::string& scope);

  std::string registry_;
  std::string repository_;
  RegistryOptions options_;
  TlsSettings tls_;

  std::mutex mutex_;  // also while a token is fetched: nobody else then asks for the same
  bool loaded_ = false;
  std::optional<Credentials> credentials_;
  Challenge challenge_;  // the registry's latest demand; without a scheme: none yet
  std::map<std::string, Token> tokens_;
};

}  // namespace aictr::images
