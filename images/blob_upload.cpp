#include "images/blob_upload.h"

#include <algorithm>
#include <thread>

#include <fmt/core.h>

#include "base/text.h"
#include "images/backoff.h"
#include "images/url.h"

namespace aictr::images {
namespace {

constexpr std::size_t kChunkSize = 16 << 20;

HttpRequest request_for(std::string method, std::string url) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  return request;
}

// "0-1023", what the registry has: 1024.
std::optional<std::int64_t> received(std::string_view range) {
  std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  auto last = parse_number<std::int64_t>(range.substr(dash + 1));
  return last ? std::optional(*last + 1) : std::nullopt;
}

}  // namespace

Result<BlobUpload> BlobUpload::begin(Registry& registry, HttpClient& http) {
  HttpRequest request = request_for("POST", registry.url("/blobs/uploads/"));
  HttpResponse response = TRY(registry.send(http, request, registry.push_scope()));
  if (response.status != 202) return registry_error(response, "begin an upload");
  BlobUpload upload(registry, http);
  upload.location_ = request.url;
  upload.remember_location(response);
  auto least = parse_number<std::size_t>(response.header("oci-chunk-min-length"));
  upload.chunk_size_ = std::max(kChunkSize, least.value_or(0));
  return upload;
}

void BlobUpload::remember_location(const HttpResponse& response) {
  std::string_view location = response.header("location");
  if (!location.empty()) location_ = resolve_location(location_, location);
}

Result<void> BlobUpload::write(std::string_view data) {
  hash_.update(data);
  size_ += static_cast<std::int64_t>(data.size());
  while (!data.empty()) {
    std::size_t n = std::min(data.size(), chunk_size_ - chunk_.size());
    chunk_.append(data.substr(0, n));
    data.remove_prefix(n);
    if (chunk_.size() == chunk_size_) TRY(send_chunk());
  }
  return {};
}

Result<HttpResponse> BlobUpload::try_chunk() {
  HttpRequest request = request_for("PATCH", location_);
  std::int64_t end = sent_ + static_cast<std::int64_t>(chunk_.size());
  request.headers = {"Content-Type: application/octet-stream", fmt::format("Content-Range: {}-{}", sent_, end - 1)};
  request.body = chunk_;
  return registry_->send(*http_, request, registry_->push_scope());
}

// After a break: the chunk's bytes that the registry has need not be sent again.
Result<void> BlobUpload::ask_where_we_are() {
  HttpResponse response = TRY(registry_->send(*http_, request_for("GET", location_), registry_->push_scope()));
  remember_location(response);
  auto there = received(response.header("range"));
  std::int64_t end = sent_ + static_cast<std::int64_t>(chunk_.size());
  if (!response.ok() || !there) return registry_error(response, "resume the upload");
  if (*there == 1 && sent_ == 0) return {};  // "0-0" says both one byte and none: from the start
  if (*there < sent_ || *there > end) {
    return make_error(Kind::corrupt, fmt::format("the registry has {} bytes of the upload, we sent {}", *there, sent_));
  }
  chunk_.erase(0, static_cast<std::size_t>(*there - sent_));
  sent_ = *there;
  return {};
}

Result<void> BlobUpload::send_chunk() {
  Backoff backoff;
  while (!chunk_.empty()) {
    auto response = try_chunk();
    if (response.ok() && response.value().ok()) {
      remember_location(response.value());
      sent_ += static_cast<std::int64_t>(chunk_.size());
      chunk_.clear();
      return {};
    }
    std::string retry_after;
    bool again = response.ok() ? is_transient(response.value().status) || response.value().status == 416
                               : response.error().kind == Kind::network;
    if (response.ok()) retry_after = response.value().header("retry-after");
    auto delay = again ? backoff.next(retry_after) : std::nullopt;
    if (!delay) return response.ok() ? registry_error(response.value(), "upload") : std::move(response).error();
    std::this_thread::sleep_for(*delay);
    TRY(ask_where_we_are());
  }
  return {};
}

Result<oci::Descriptor> BlobUpload::finish() {
  TRY(send_chunk());
  oci::Descriptor blob;
  blob.digest = hash_.finish();
  blob.size = size_;
  HttpRequest request = request_for("PUT", with_parameter(location_, "digest", blob.digest.text()));
  HttpResponse response = TRY(registry_->send(*http_, request, registry_->push_scope()));
  if (!response.ok()) return registry_error(response, "finish the upload");
  return blob;
}

void BlobUpload::cancel() {
  // It does so by itself some day; this hastens it.
  ignore(registry_->send(*http_, request_for("DELETE", location_), registry_->push_scope()));
}

Result<bool> has_blob(Registry& registry, HttpClient& http, const oci::Digest& digest) {
  HttpRequest request = request_for("HEAD", registry.url("/blobs/" + digest.text()));
  HttpResponse response = TRY(registry.send(http, request, registry.push_scope()));
  return response.ok();
}

Result<bool> mount_blob(Registry& registry, HttpClient& http, const oci::Digest& digest, const std::string& from) {
  std::string url = with_parameter(registry.url("/blobs/uploads/"), "mount", digest.text());
  std::string scope = registry.push_scope() + " repository:" + from + ":pull";
  auto response = registry.send(http, request_for("POST", with_parameter(url, "from", from)), scope);
  // Somebody who may not read there is told so in one way or another; then the blob is sent.
  if (!response.ok() && response.error().kind != Kind::denied) return std::move(response).error();
  return response.ok() && response.value().status == 201;
}

Result<void> upload_blob(Registry& registry, HttpClient& http, const oci::Digest& digest, std::string_view data) {
  if (TRY(has_blob(registry, http, digest))) return {};
  BlobUpload upload = TRY(BlobUpload::begin(registry, http));
  TRY(upload.write(data));
  TRY(upload.finish());
  return {};
}

}  // namespace aictr::images
