#pragma once

// HTTP/1.1 and HTTP/2 through libcurl. One client is one thread's: it keeps its connections from request to request.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aictr::images {

struct TlsSettings {
  bool verify = true;
  std::string ca_bundle;           // PEM, in place of the system's; empty: the system's
  std::string client_certificate;  // paths; empty: none
  std::string client_key;
};

struct HttpRequest {
  std::string method = "GET";  // GET, HEAD, POST, PUT, PATCH, DELETE
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string_view body;             // the caller keeps it
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;  // of an answer that nobody receives; an error's own words are cut at 64 KiB

  // The value of the first header of that name (lower case), or empty.
  std::string_view header(std::string_view name) const;
  bool ok() const { return status >= 200 && status < 300; }
};

// Takes the body of a 2xx answer while it comes; other bodies end in HttpResponse::body. An error breaks the transfer
// off and is what send() gives.
struct HttpReceiver {
  std::function<Result<void>(const HttpResponse& head)> begin;  // before the first byte
  std::function<Result<void>(std::string_view data)> data;
};

class HttpClient {
 public:
  HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // One request and its answer, whatever its status; redirections are the caller's. Proxies come from the usual
  // variables (HTTPS_PROXY, NO_PROXY, …), and CA files also from SSL_CERT_FILE and SSL_CERT_DIR.
  //
  // Kind::network: it may work when tried again (refused, reset, timed out, nothing for 30 s). Kind::not_found: no such
  // host. Kind::denied: the certificate is not trusted, with the mend. Kind::unsupported: the peer speaks no TLS.
  Result<HttpResponse> send(const HttpRequest& request, const TlsSettings& tls, const HttpReceiver* receiver = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aictr::images
