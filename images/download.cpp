#include "images/download.h"

#include <fcntl.h>

#include <thread>

#include <fmt/core.h>
#include <time.h>

#include "base/sys.h"
#include "images/backoff.h"
#include "images/hash.h"
#include "images/url.h"

namespace aictr::images {
namespace {

constexpr int kMostRedirects = 10;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string name_at_end(const Url& url) {
  std::string path = url.path.substr(0, url.path.find_first_of("?#"));
  return path.substr(path.rfind('/') + 1);
}

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<time_t> time_of(std::string_view last_modified) {
  tm parts{};
  std::string text(last_modified);
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return ::timegm(&parts);
}

Error refused(const std::string& url, const HttpResponse& response) {
  bool absent = response.status == 404 || response.status == 410;
  return make_error(absent ? Kind::not_found : Kind::network, fmt::format("'{}' answers {}", url, response.status));
}

}  // namespace

bool is_download(std::string_view source) {
  return source.starts_with("http://") || source.starts_with("https://");
}

Result<Download> Download::find(const std::string& url, const std::optional<oci::Digest>& checksum) {
  Download download;
  download.url_ = url;
  download.checksum_ = checksum;
  auto parts = parse_url(url);
  if (!parts) return make_error(Kind::usage, fmt::format("'{}' is no URL", url));
  download.name_ = name_at_end(*parts);
  if (download.name_.empty() || download.name_ == "." || download.name_ == "..") {
    return make_error(Kind::usage, fmt::format("'{}' does not end in a file's name", url));
  }
  if (checksum) {
    download.identity_ = checksum->text();
    return download;
  }
  HttpResponse head = TRY(download.ask("HEAD", nullptr));
  std::string_view tag = head.header("etag");
  // A weak one means the same content for people, not the same bytes.
  if (head.ok() && !tag.empty() && !tag.starts_with("W/")) download.identity_ = fmt::format("{} {}", url, tag);
  return download;
}

// With every redirection followed; what fails for a while is tried again, but for a body that somebody receives.
Result<HttpResponse> Download::ask(const char* method, const HttpReceiver* receiver) {
  HttpRequest request;
  request.method = method;
  request.url = url_;
  Backoff backoff;
  for (int redirects = 0;;) {
    auto response = http_.send(request, {}, receiver);
    bool passing = response.ok() ? is_transient(response.value().status)
                                 : response.error().kind == Kind::network && receiver == nullptr;
    auto delay = passing ? backoff.next(response.ok() ? response.value().header("retry-after") : "") : std::nullopt;
    if (delay) {
      std::this_thread::sleep_for(*delay);
      continue;
    }
    if (!response.ok() || !is_redirect(response.value().status)) return response;
    std::string next = resolve_location(request.url, response.value().header("location"));
    if (++redirects > kMostRedirects)
      return make_error(Kind::network, fmt::format("'{}' redirects without an end", url_));
    if (!is_download(next) || (request.url.starts_with("https:") && !next.starts_with("https:"))) {
      return make_error(Kind::denied, fmt::format("'{}' redirects to '{}'", url_, next.substr(0, 300)));
    }
    request.url = std::move(next);
  }
}

Result<void> Download::fetch(int directory) {
  UniqueFd file = TRY(sys::open(directory, name_, O_WRONLY | O_CREAT | O_EXCL, 0600));
  Sha256 hash;
  HttpReceiver receiver{[](const HttpResponse&) { return Result<void>(); },
                        [&](std::string_view data) {
                          hash.update(data);
                          return sys::write_all(file.get(), data);
                        }};
  HttpResponse response = TRY(ask("GET", &receiver));
  if (!response.ok()) return refused(url_, response);
  oci::Digest digest = hash.finish();
  if (checksum_ && digest != *checksum_) {
    return make_error(Kind::usage, fmt::format("'{}' is {}, not {}", url_, digest.text(), checksum_->text()),
                      "the file has changed, or the checksum is another file's");
  }
  auto modified = time_of(response.header("last-modified"));
  if (modified) TRY(sys::set_times(directory, name_, {*modified, 0}, {*modified, 0}));
  return {};
}

}  // namespace aictr::images
