#include "images/http.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>

#include <curl/curl.h>
#include <fmt/core.h>

#include "base/text.h"
#include "images/url.h"

namespace aictr::images {
namespace {

constexpr std::size_t kErrorBodyLimit = 64U << 10;
constexpr std::size_t kBodyLimit = 32U << 20;  // of what is kept in memory
constexpr long kConnectSeconds = 15;
constexpr long kStallSeconds = 30;
constexpr long kBufferSize = 256L << 10;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

CURL* new_handle() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
  });
  CURL* handle = curl_easy_init();
  if (handle == nullptr) throw std::bad_alloc();
  return handle;
}

// What one request is about while libcurl calls back.
struct Exchange {
  const HttpRequest& request;
  const HttpReceiver* receiver;
  HttpResponse response;
  std::size_t sent = 0;  // of request.body
  bool begun = false;
  std::optional<Error> failed;

  bool receives() const { return receiver != nullptr && response.ok(); }

  bool take(Result<void> result) {
    if (result.ok()) return true;
    failed = std::move(result).error();
    return false;
  }
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(data, size * count);
  if (line.starts_with("HTTP/")) {  // also of an interim answer such as 100
    exchange.response.headers.clear();
    std::size_t blank = line.find(' ');
    std::string_view code = blank == std::string_view::npos ? "" : line.substr(blank + 1, 3);
    exchange.response.status = parse_number<int>(code).value_or(0);
    return size * count;
  }
  std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    exchange.response.headers.emplace_back(lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
  }
  return size * count;
}

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view bytes(data, size * count);
  if (exchange.receives()) {
    if (!std::exchange(exchange.begun, true) && !exchange.take(exchange.receiver->begin(exchange.response))) return 0;
    return exchange.take(exchange.receiver->data(bytes)) ? bytes.size() : 0;
  }
  std::string& body = exchange.response.body;
  if (exchange.response.ok() && body.size() + bytes.size() > kBodyLimit) {
    exchange.failed = make_error(Kind::corrupt, fmt::format("the answer is longer than {} bytes", kBodyLimit));
    return 0;
  }
  std::size_t limit = exchange.response.ok() ? kBodyLimit : kErrorBodyLimit;
  body.append(bytes.substr(0, limit - std::min(limit, body.size())));
  return bytes.size();
}

std::size_t on_upload(char* into, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::size_t n = exchange.request.body.copy(into, size * count, exchange.sent);
  exchange.sent += n;
  return n;
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
  if (curl_easy_setopt(handle, option, value) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
}

void set_body(CURL* handle, const HttpRequest& request) {
  if (request.method == "HEAD") {
    set(handle, CURLOPT_NOBODY, 1L);
    return;
  }
  bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (has_body) {
    set(handle, CURLOPT_UPLOAD, 1L);
    set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_tls(CURL* handle, const TlsSettings& tls) {
  set(handle, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  set(handle, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  const char* file = std::getenv("SSL_CERT_FILE");
  if (file != nullptr && *file != '\0') set(handle, CURLOPT_CAINFO, file);
  const char* directory = std::getenv("SSL_CERT_DIR");
  if (directory != nullptr && *directory != '\0') set(handle, CURLOPT_CAPATH, directory);
  if (!tls.ca_bundle.empty()) {
    curl_blob blob{const_cast<char*>(tls.ca_bundle.data()), tls.ca_bundle.size(), CURL_BLOB_COPY};
    set(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (!tls.client_certificate.empty()) set(handle, CURLOPT_SSLCERT, tls.client_certificate.c_str());
  if (!tls.client_key.empty()) set(handle, CURLOPT_SSLKEY, tls.client_key.c_str());
}

Error transport_error(CURLcode code, const char* detail, const std::string& url) {
  auto parts = parse_url(url);
  std::string host = parts ? parts->host : url;
  std::string reason = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return make_error(Kind::not_found, fmt::format("cannot reach '{}': {}", host, reason),
                        "check the name and this machine's network; a name without a host means docker.io");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return make_error(
          Kind::denied, fmt::format("'{}' is not trusted: {}", host, reason),
          fmt::format("put its authority's certificate into /etc/docker/certs.d/{}/ca.crt; --tls-verify=false trusts "
                      "whoever answers",
                      host));
    case CURLE_SSL_CONNECT_ERROR:
      return make_error(Kind::unsupported, fmt::format("'{}' speaks no TLS that we understand: {}", host, reason));
    default:
      return make_error(Kind::network, fmt::format("'{}': {}", host, reason));
  }
}

}  // namespace

struct HttpClient::State {
  std::unique_ptr<CURL, FreeHandle> handle{new_handle()};
};

HttpClient::HttpClient() : state_(std::make_unique<State>()) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const HttpRequest& request, const TlsSettings& tls,
                                      const HttpReceiver* receiver) {
  CURL* handle = state_->handle.get();
  Exchange exchange{request, receiver, {}, 0, false, {}};
  char detail[CURL_ERROR_SIZE] = "";
  HeaderList headers;
  for (const std::string& line : request.headers) headers.add(line);
  headers.add("Expect:");  // registries answer 401 without having been asked to wait

  curl_easy_reset(handle);  // options alone: the connections stay
  set(handle, CURLOPT_URL, request.url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(handle, CURLOPT_USERAGENT, "aictr/" AICTR_VERSION);
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_ERRORBUFFER, detail);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(handle, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  set(handle, CURLOPT_BUFFERSIZE, kBufferSize);
  set(handle, CURLOPT_UPLOAD_BUFFERSIZE, kBufferSize);
  set(handle, CURLOPT_HEADERFUNCTION, on_header);
  set(handle, CURLOPT_HEADERDATA, &exchange);
  set(handle, CURLOPT_WRITEFUNCTION, on_data);
  set(handle, CURLOPT_WRITEDATA, &exchange);
  set(handle, CURLOPT_READFUNCTION, on_upload);
  set(handle, CURLOPT_READDATA, &exchange);
  set_body(handle, request);
  set_tls(handle, tls);

  CURLcode code = curl_easy_perform(handle);
  if (exchange.failed) return *std::move(exchange.failed);
  if (code != CURLE_OK) return transport_error(code, detail, request.url);
  if (exchange.receives() && !exchange.begun) TRY(receiver->begin(exchange.response));  // an empty body
  return std::move(exchange.response);
}

std::string_view HttpResponse::header(std::string_view name) const {
  auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace aictr::images
