#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/http.h"
#include "images/registries_conf.h"
#include "images/registry_auth.h"
#include "oci/reference.h"

namespace aictr::images {

// For talking to a place that stands for the registry.
RegistryOptions options_for(const RegistrySource& source, RegistryOptions options);

// A repository of a registry (OCI distribution-spec 1.1), for any number of threads, each with a client of its own.
class Registry {
 public:
  // Finds out how to talk to the host: with TLS; without when the host is this machine or TLS need not be verified, and
  // it speaks none. "docker.io" is registry-1.docker.io.
  static Result<std::unique_ptr<Registry>> open(HttpClient& http, const oci::Reference& name,
                                                const RegistryOptions& options);

  const std::string& host() const { return host_; }  // "docker.io"
  const std::string& repository() const { return repository_; }
  std::string url(std::string_view path) const;  // "/blobs/sha256:…" in this repository

  std::string root_url() const { return base_ + "/v2/"; }

  std::string pull_scope() const { return "repository:" + repository_ + ":pull"; }
  std::string push_scope() const { return "repository:" + repository_ + ":pull,push"; }

  // A request and its answer: authorisation is added, and renewed when it has expired; GET and HEAD follow
  // redirections, to another host without authorisation; what fails for a while is tried again (backoff.h), unless the
  // request's body or the answer's has begun to flow. Any other status is the caller's to judge, but 401 and 403, which
  // are Kind::denied.
  Result<HttpResponse> send(HttpClient& http, const HttpRequest& request, const std::string& scope,
                            const HttpReceiver* receiver = nullptr);

 private:
  Registry(std::string host, std::string repository, std::string base, RegistryOptions options, TlsSettings tls);

  Result<HttpResponse> try_once(HttpClient& http, const HttpRequest& request, const std::string& scope,
                                const HttpReceiver* receiver);
  Result<HttpResponse> follow(HttpClient& http, HttpRequest request, HttpResponse response,
                              const HttpReceiver* receiver);
  Error refusal(const HttpResponse& response, const std::string& scope);

  std::string host_;
  std::string repository_;
  std::string base_;  // "https://registry-1.docker.io"
  RegistryOptions options_;
  TlsSettings tls_;
  RegistryAuth auth_;
};

// What a registry says about a request that it did not fulfil: its own words (distribution-spec, "error codes") or the
// status.
Error registry_error(const HttpResponse& response, std::string_view what);

}  // namespace aictr::images
