#include "images/blob_download.h"

#include <algorithm>
#include <thread>

#include <fmt/core.h>

#include "base/text.h"
#include "images/backoff.h"
#include "images/range_download.h"

namespace aictr::images {
namespace {

constexpr int kConnections = 3;  // for one blob; several blobs come at once

// "bytes 100-199/200": where the part begins.
std::optional<std::int64_t> start_of(std::string_view content_range) {
  constexpr std::string_view kUnit = "bytes ";
  if (!content_range.starts_with(kUnit)) return std::nullopt;
  content_range.remove_prefix(kUnit.size());
  return parse_number<std::int64_t>(content_range.substr(0, content_range.find('-')));
}

class Download {
 public:
  Download(Registry& registry, HttpClient& http, BlobFile& file, const std::function<void(std::int64_t)>& arrived,
           const std::atomic<bool>& cancelled)
      : registry_(registry), http_(http), file_(file), arrived_(arrived), cancelled_(cancelled) {
    receiver_.begin = [this](const HttpResponse& head) { return begin(head); };
    receiver_.data = [this](std::string_view data) { return take(data); };
  }

  Result<void> run() {
    Backoff backoff;
    while (file_.size() < file_.blob().size) {
      std::int64_t before = file_.size();
      bool in_ranges = ranges_ && is_worth_ranges(file_.blob().size - before);
      auto done = in_ranges ? download_ranges(registry_, file_, kConnections, arrived_, cancelled_) : get_rest();
      if (file_.size() == file_.blob().size) break;
      bool moved = file_.size() > before;
      if (in_ranges && !done.ok()) {
        // One connection may do where several will not.
        ranges_ = moved && done.error().kind == Kind::network;
        if (done.error().kind == Kind::unsupported || done.error().kind == Kind::corrupt) continue;
      }
      if (!done.ok() && done.error().kind != Kind::network) return done;
      if (moved) backoff.reset();
      auto delay = backoff.next();
      if (!delay) return done.ok() ? ended_early() : std::move(done);
      std::this_thread::sleep_for(*delay);
      if (cancelled_) return make_error(Kind::busy, "broken off");
    }
    return {};
  }

 private:
  Result<void> get_rest() {
    std::int64_t offset = file_.size();
    HttpRequest request;
    request.url = registry_.url("/blobs/" + file_.blob().digest.text());
    if (offset > 0) request.headers.push_back(fmt::format("Range: bytes={}-", offset));
    HttpResponse response = TRY(registry_.send(http_, request, registry_.pull_scope(), &receiver_));
    if (response.ok()) return {};
    return registry_error(response, "download");
  }

  Result<void> begin(const HttpResponse& head) {
    skip_ = 0;
    std::int64_t offset = file_.size();
    if (head.status != 206) {
      TRY(check_length(head));
      skip_ = offset;  // the whole blob
      return {};
    }
    auto start = start_of(head.header("content-range"));
    if (start && *start == offset) return {};
    return make_error(Kind::corrupt,
                      fmt::format("the registry sends the part '{}' of it, asked for what follows byte {}",
                                  head.header("content-range"), offset));
  }

  // What the manifest says is known to be wrong before the first byte, where the registry tells.
  Result<void> check_length(const HttpResponse& head) const {
    auto length = parse_number<std::int64_t>(head.header("content-length"));
    if (!length || *length == file_.blob().size || !head.header("content-encoding").empty()) return {};
    return make_error(Kind::corrupt,
                      fmt::format("the registry has {} bytes of it, the manifest says {}", *length, file_.blob().size));
  }

  Result<void> take(std::string_view data) {
    if (cancelled_) return make_error(Kind::busy, "broken off");
    std::size_t skipped = std::min(data.size(), static_cast<std::size_t>(skip_));
    skip_ -= static_cast<std::int64_t>(skipped);
    data.remove_prefix(skipped);
    if (data.empty()) return {};
    TRY(file_.append(data));
    arrived_(file_.size());
    return {};
  }

  Error ended_early() const {
    return make_error(Kind::network, fmt::format("the registry sends {} bytes of {}", file_.size(), file_.blob().size));
  }

  Registry& registry_;
  HttpClient& http_;
  BlobFile& file_;
  const std::function<void(std::int64_t)>& arrived_;
  const std::atomic<bool>& cancelled_;
  HttpReceiver receiver_;
  bool ranges_ = true;     // to be tried
  std::int64_t skip_ = 0;  // bytes of this answer that are there already
};

}  // namespace

Result<void> download_blob(Registry& registry, HttpClient& http, BlobFile& file,
                           const std::function<void(std::int64_t)>& arrived, const std::atomic<bool>& cancelled) {
  return Download(registry, http, file, arrived, cancelled).run();
}

}  // namespace aictr::images
