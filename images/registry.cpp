#include "images/registry.h"

#include <fmt/core.h>

#include "base/text.h"
#include "images/backoff.h"
#include "images/redirect.h"
#include "images/registry_tls.h"
#include "images/url.h"
#include "oci/json.h"

namespace aictr::images {
namespace {

std::string address_of(const std::string& host) {
  return host == "docker.io" ? "registry-1.docker.io" : host;
}

// Who is asked, and whether in secret.
std::string origin_of(const std::string& url) {
  auto parts = parse_url(url);
  return parts ? parts->scheme + "://" + parts->host : std::string();
}

// Plain HTTP is for registries of this machine, and for those of whom the user says so.
Result<std::string> choose_base(HttpClient& http, const std::string& address, const TlsSettings& tls, bool ask_first) {
  std::string secure = "https://" + address;
  bool must_be_secure = tls.verify && !is_loopback(address);
  if (must_be_secure && !ask_first) return secure;
  HttpRequest ping;
  ping.url = secure + "/v2/";
  auto response = http.send(ping, tls);
  if (response.ok()) return secure;
  if (must_be_secure) return std::move(response).error();
  bool no_tls = response.error().kind == Kind::unsupported || response.error().kind == Kind::network;
  if (!no_tls) return std::move(response).error();
  std::string plain = "http://" + address;
  ping.url = plain + "/v2/";
  TRY(http.send(ping, tls));
  return plain;
}

// An address that a registry sends us to is good for a time. Asked again, it gives a fresh one.
Error expired(const std::string& url) {
  return make_error(Kind::network, fmt::format("'{}', where the registry sends us, answers 403", origin_of(url)));
}

std::string errors_in(const std::string& body) {
  auto json = oci::parse_json(body);
  if (!json.ok()) return {};
  const oci::Json* errors = json.value().find("errors");
  const auto* list = errors != nullptr ? errors->as<oci::Json::Array>() : nullptr;
  std::string text;
  for (const oci::Json& one : list != nullptr ? *list : oci::Json::Array()) {
    for (const char* member : {"message", "code"}) {
      const oci::Json* found = one.find(member);
      const auto* words = found != nullptr ? found->as<std::string>() : nullptr;
      if (words == nullptr || words->empty()) continue;
      text += (text.empty() ? "" : "; ") + *words;
      break;
    }
  }
  return text;
}

}  // namespace

RegistryOptions options_for(const RegistrySource& source, RegistryOptions options) {
  if (source.insecure) options.tls_verify = false;
  if (!source.mirror) return options;
  options.ask_first = true;
  options.credentials.reset();  // they are for the registry; a mirror has its own
  return options;
}

Registry::Registry(std::string host, std::string repository, std::string base, RegistryOptions options, TlsSettings tls)
    : host_(std::move(host)),
      repository_(std::move(repository)),
      base_(std::move(base)),
      options_(std::move(options)),
      tls_(std::move(tls)),
      auth_(host_, repository_, options_, tls_) {}

Result<std::unique_ptr<Registry>> Registry::open(HttpClient& http, const oci::Reference& name,
                                                 const RegistryOptions& options) {
  std::string address = address_of(name.host);
  TlsSettings tls = TRY(registry_tls(address, options.cert_dir, options.tls_verify));
  std::string base = TRY(choose_base(http, address, tls, options.ask_first));
  return std::unique_ptr<Registry>(new Registry(name.host, name.repository, std::move(base), options, std::move(tls)));
}

std::string Registry::url(std::string_view path) const {
  return fmt::format("{}/v2/{}{}", base_, repository_, path);
}

Result<HttpResponse> Registry::send(HttpClient& http, const HttpRequest& request, const std::string& scope,
                                    const HttpReceiver* receiver) {
  auto once = [&] { return try_once(http, request, scope, receiver); };
  // What the registry has of a PATCH must be asked first.
  if (request.method == "PATCH") return once();
  return send_patiently(once, receiver == nullptr);
}

Result<HttpResponse> Registry::try_once(HttpClient& http, const HttpRequest& request, const std::string& scope,
                                        const HttpReceiver* receiver) {
  bool follows = request.method == "GET" || request.method == "HEAD";
  constexpr int kMostAnswers = 2;  // a token may have expired, and the next be for too little
  for (int answers = 0;; ++answers) {
    HttpRequest authorised = request;
    std::string header = TRY(auth_.header(http, scope));
    if (!header.empty()) authorised.headers.push_back("Authorization: " + header);
    HttpResponse response = TRY(http.send(authorised, tls_, receiver));
    // What the other place says is the answer: a 401 of its own must not lead our credentials there.
    if (follows && is_redirect(response.status)) {
      return follow(http, std::move(authorised), std::move(response), receiver);
    }
    if (response.status == 403) return refusal(response, scope);
    if (response.status != 401) return response;
    bool again = answers < kMostAnswers && TRY(auth_.answer(http, response.header("www-authenticate"), scope, header));
    if (!again) return refusal(response, scope);
  }
}

Result<HttpResponse> Registry::follow(HttpClient& http, HttpRequest request, HttpResponse response,
                                      const HttpReceiver* receiver) {
  const std::string home = origin_of(request.url);
  Redirects redirects(host_, options_.tls_verify ? Redirects::Downgrade::refuse : Redirects::Downgrade::allow);
  for (;;) {
    auto next = TRY(redirects.next(request.url, response));
    if (!next && response.status == 403 && origin_of(request.url) != home) return expired(request.url);
    if (!next) return response;
    request.url = std::move(*next);
    bool stays = origin_of(request.url) == home;
    // Whoever is asked next has no business with what we are to the registry.
    if (!stays) std::erase_if(request.headers, [](const auto& line) { return line.starts_with("Authorization:"); });
    TlsSettings elsewhere;
    elsewhere.verify = tls_.verify;
    response = TRY(http.send(request, stays ? tls_ : elsewhere, receiver));
  }
}

Error Registry::refusal(const HttpResponse& response, const std::string& scope) {
  std::string words = one_line(errors_in(response.body));
  std::string what = scope.find("push") != std::string::npos ? "push to" : "access to";
  std::string place = repository_.empty() ? host_ : host_ + "/" + repository_;
  Error error =
      make_error(Kind::denied, fmt::format("{} '{}' is denied{}{}", what, place, words.empty() ? "" : ": ", words));
  if (auth_.has_credentials()) return error;
  return std::move(error).with_hint(fmt::format("it may not exist, or want a login: aictr login {}", host_));
}

Error registry_error(const HttpResponse& response, std::string_view what) {
  std::string words = one_line(errors_in(response.body));
  if (words.empty()) words = fmt::format("the registry answers {}", response.status);
  Kind kind = response.status == 404 ? Kind::not_found : is_transient(response.status) ? Kind::network : Kind::corrupt;
  return make_error(kind, fmt::format("{}: {}", what, words));
}

}  // namespace aictr::images
