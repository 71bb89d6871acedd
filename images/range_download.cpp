#include "images/range_download.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>

namespace aictr::images {
namespace {

constexpr std::int64_t kPiece = 2 << 20;
constexpr std::int64_t kWorthIt = 16 * kPiece;

class RangeDownload {
 public:
  RangeDownload(Registry& registry, BlobFile& file, const std::function<void(std::int64_t)>& arrived,
                const std::atomic<bool>& cancelled)
      : registry_(registry), file_(file), arrived_(arrived), cancelled_(cancelled), next_(file.size()) {}

  Result<void> run(int connections) {
    std::vector<std::thread> workers;
    for (int i = 0; i < connections; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  void work() {
    HttpClient http;
    while (auto start = next_piece()) {
      auto piece = get(http, *start);
      auto put = piece.ok() ? append(*start, piece.value()) : Result<void>(std::move(piece).error());
      if (!put.ok()) return fail(std::move(put).error());
    }
  }

  std::optional<std::int64_t> next_piece() {
    std::lock_guard lock(mutex_);
    if (failed_ || next_ >= file_.blob().size) return std::nullopt;
    std::int64_t start = next_;
    next_ = std::min(next_ + kPiece, file_.blob().size);
    return start;
  }

  Result<std::string> get(HttpClient& http, std::int64_t start) {
    std::int64_t end = std::min(start + kPiece, file_.blob().size);
    std::string piece;
    HttpReceiver receiver;
    receiver.begin = [&](const HttpResponse& head) { return check(head, start, end); };
    receiver.data = [&](std::string_view data) { return take(piece, data, end - start); };
    HttpRequest request;
    request.url = registry_.url("/blobs/" + file_.blob().digest.text());
    request.headers = {fmt::format("Range: bytes={}-{}", start, end - 1)};
    HttpResponse response = TRY(registry_.send(http, request, registry_.pull_scope(), &receiver));
    if (!response.ok()) return registry_error(response, "download");
    if (static_cast<std::int64_t>(piece.size()) == end - start) return piece;
    return make_error(Kind::network, fmt::format("the registry sends {} bytes of {}", piece.size(), end - start));
  }

  static Result<void> check(const HttpResponse& head, std::int64_t start, std::int64_t end) {
    if (head.status != 206) return make_error(Kind::unsupported, "the registry sends no parts of a blob");
    std::string_view range = head.header("content-range");
    if (range.starts_with(fmt::format("bytes {}-{}/", start, end - 1))) return {};
    return make_error(Kind::corrupt, fmt::format("the registry sends the part '{}' of it, asked for bytes {} to {}",
                                                 range, start, end - 1));
  }

  Result<void> take(std::string& piece, std::string_view data, std::int64_t limit) const {
    if (cancelled_) return make_error(Kind::busy, "broken off");
    if (static_cast<std::int64_t>(piece.size() + data.size()) > limit) {
      return make_error(Kind::corrupt, fmt::format("the registry sends more than the {} bytes asked for", limit));
    }
    if (piece.empty()) piece.reserve(static_cast<std::size_t>(limit));
    piece += data;
    return {};
  }

  // In the order of the pieces; who is early waits.
  Result<void> append(std::int64_t start, std::string_view piece) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return failed_ || file_.size() == start; });
    if (file_.size() != start) return *failed_;
    TRY(file_.append(piece));
    arrived_(file_.size());
    turn_.notify_all();
    return {};
  }

  void fail(Error error) {
    std::lock_guard lock(mutex_);
    if (!failed_) failed_ = std::move(error);
    turn_.notify_all();
  }

  Registry& registry_;
  BlobFile& file_;
  const std::function<void(std::int64_t)>& arrived_;
  const std::atomic<bool>& cancelled_;
  std::mutex mutex_;
  std::condition_variable turn_;
  std::int64_t next_;  // where the first piece begins that nobody has asked for
  std::optional<Error> failed_;
};

}  // namespace

Result<void> download_ranges(Registry& registry, BlobFile& file, int connections,
                             const std::function<void(std::int64_t)>& arrived, const std::atomic<bool>& cancelled) {
  return RangeDownload(registry, file, arrived, cancelled).run(connections);
}

bool is_worth_ranges(std::int64_t missing) {
  return missing >= kWorthIt;
}

}  // namespace aictr::images
