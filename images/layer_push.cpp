#include "images/layer_push.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/core.h>

#include "images/blob_upload.h"
#include "images/compressed_record.h"
#include "images/layer_tar.h"

namespace aictr::images {
namespace {

constexpr std::size_t kAtOnce = 3;

class LayerPush {
 public:
  LayerPush(const Store& store, Registry& registry, std::vector<LayerToPush> layers, const Compression& compression,
            TransferObserver& observer)
      : store_(store),
        registry_(registry),
        layers_(std::move(layers)),
        compression_(compression),
        observer_(observer),
        pushed_(layers_.size()) {}

  Result<std::vector<oci::Descriptor>> run() {
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min(kAtOnce, layers_.size()); ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    if (failed_) return *std::move(failed_);
    return std::move(pushed_);
  }

 private:
  void work() {
    HttpClient http;
    for (std::size_t i = next_++; i < layers_.size() && !cancelled_; i = next_++) {
      auto pushed = push(http, i);
      if (pushed.ok()) {
        pushed_[i] = std::move(pushed).value();
      } else {
        fail(std::move(pushed).error().context(fmt::format("layer {}", layers_[i].diff_id.short_id())));
      }
    }
  }

  void fail(Error error) {
    std::lock_guard lock(mutex_);
    if (!failed_) failed_ = std::move(error);
    cancelled_ = true;
  }

  Result<oci::Descriptor> push(HttpClient& http, std::size_t i) {
    LayerToPush& layer = layers_[i];
    if (auto made = find_compressed(store_, layer.diff_id, compression_)) {
      layer.known.push_back({*made, registry_.host(), registry_.repository()});
    }
    for (const KnownBlob& known : layer.known) {
      if (!TRY(has_blob(registry_, http, known.blob.digest))) continue;
      observer_.finished(i, TransferObserver::Outcome::existed);
      return known.blob;
    }
    for (const KnownBlob& known : layer.known) {
      bool elsewhere = known.host == registry_.host() && known.repository != registry_.repository();
      if (!elsewhere || !TRY(mount_blob(registry_, http, known.blob.digest, known.repository))) continue;
      observer_.finished(i, TransferObserver::Outcome::mounted);
      return known.blob;
    }
    return upload(http, i);
  }

  Result<oci::Descriptor> upload(HttpClient& http, std::size_t i) {
    BlobUpload upload = TRY(BlobUpload::begin(registry_, http));
    auto sent = send(upload, i);
    if (!sent.ok()) upload.cancel();
    return sent;
  }

  Result<oci::Descriptor> send(BlobUpload& upload, std::size_t i) {
    const oci::Digest& diff_id = layers_[i].diff_id;
    Compressor compressor(compression_, [&](std::string_view data) { return upload.write(data); });
    std::int64_t read = 0;
    observer_.moved(i, 0);
    TRY(read_layer_tar(store_, diff_id, [&](std::string_view data) -> Result<void> {
      if (cancelled_) return make_error(Kind::busy, "broken off");
      read += static_cast<std::int64_t>(data.size());
      auto written = compressor.write(data);
      observer_.moved(i, read);
      return written;
    }));
    TRY(compressor.finish());
    oci::Descriptor blob = TRY(upload.finish());
    blob.media_type = compression_.media_type();
    remember_compressed(store_, diff_id, compression_, blob);
    observer_.finished(i, TransferObserver::Outcome::done);
    return blob;
  }

  const Store& store_;
  Registry& registry_;
  std::vector<LayerToPush> layers_;
  const Compression& compression_;
  TransferObserver& observer_;
  std::vector<oci::Descriptor> pushed_;  // each written by the one thread that pushed it
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::optional<Error> failed_;
};

}  // namespace

Result<std::vector<oci::Descriptor>> push_layers(const Store& store, Registry& registry,
                                                 std::vector<LayerToPush> layers, const Compression& compression,
                                                 TransferObserver& observer) {
  return LayerPush(store, registry, std::move(layers), compression, observer).run();
}

}  // namespace aictr::images
