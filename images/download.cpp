#include "images/download.h"

#include <fcntl.h>

#include <fmt/core.h>
#include <time.h>

#include "base/sys.h"
#include "images/backoff.h"
#include "images/hash.h"
#include "images/redirect.h"
#include "images/url.h"

namespace aictr::images {
namespace {

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

Result<HttpResponse> Download::ask(const char* method, const HttpReceiver* receiver) {
  return send_patiently([&] { return follow(method, receiver); }, receiver == nullptr);
}

Result<HttpResponse> Download::follow(const char* method, const HttpReceiver* receiver) {
  HttpRequest request;
  request.method = method;
  request.url = url_;
  Redirects redirects(url_, Redirects::Downgrade::refuse);
  for (;;) {
    HttpResponse response = TRY(http_.send(request, {}, receiver));
    auto next = TRY(redirects.next(request.url, response));
    if (!next) return response;
    request.url = std::move(*next);
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
