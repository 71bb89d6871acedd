#include "images/layer_pull.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "images/blob_download.h"
#include "images/layer_receive.h"

namespace aictr::images {
namespace {

constexpr std::size_t kAtOnce = 3;  // as Docker; each also has a thread that downloads and two that hash

class LayerPull {
 public:
  LayerPull(const Store& store, Registry& registry, std::span<const MissingLayer> layers, TransferObserver& observer)
      : store_(store), registry_(registry), layers_(layers.begin(), layers.end()), observer_(observer) {
    std::ranges::stable_sort(layers_, [](const auto& a, const auto& b) { return a.blob.size > b.blob.size; });
  }

  Result<void> run() {
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < std::min(kAtOnce, layers_.size()); ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  void work() {
    HttpClient http;
    for (std::size_t i = next_++; i < layers_.size() && !cancelled_; i = next_++) {
      auto pulled = pull(http, layers_[i]);
      if (!pulled.ok()) {
        fail(std::move(pulled).error().context(fmt::format("layer {}", layers_[i].blob.digest.short_id())));
      }
    }
  }

  // What follows the first failure is its consequence.
  void fail(Error error) {
    std::lock_guard lock(mutex_);
    if (!failed_) failed_ = std::move(error);
    cancelled_ = true;
  }

  // Bytes that were left by another pull may be damaged, by a power cut say: then all is asked for anew.
  Result<void> pull(HttpClient& http, const MissingLayer& layer) {
    auto file = TRY(BlobFile::open(store_, layer.blob));
    bool resumed = file->resumed();
    auto received = receive(http, layer, *file);
    if (received.ok() || received.error().kind != Kind::corrupt || !resumed) return received;
    file.reset();
    file = TRY(BlobFile::open(store_, layer.blob));
    return receive(http, layer, *file);
  }

  Result<void> receive(HttpClient& http, const MissingLayer& layer, BlobFile& file) {
    if (store_.has_layer(layer.diff_id)) {  // another process was quicker
      observer_.finished(layer.item, TransferObserver::Outcome::existed);
      return file.remove();
    }
    std::thread downloader([&] {
      auto arrived = [&](std::int64_t bytes) { observer_.moved(layer.item, bytes); };
      arrived(file.size());
      file.end(download_blob(registry_, http, file, arrived, cancelled_));
    });
    auto stored = store(layer, file);
    if (!stored.ok()) file.interrupt();
    downloader.join();
    // A broken connection leaves what has arrived, for the next time; nothing else makes it worth keeping.
    bool keep = !stored.ok() && (stored.error().kind == Kind::network || stored.error().kind == Kind::busy ||
                                 stored.error().kind == Kind::denied || stored.error().kind == Kind::not_found);
    if (!keep) ignore(file.remove());
    if (stored.ok()) observer_.finished(layer.item, TransferObserver::Outcome::done);
    return stored;
  }

  Result<void> store(const MissingLayer& layer, BlobFile& file) {
    BlobSource source(file);
    auto received = receive_layer(store_, source, layer.blob.size, layer.diff_id);
    bool senseless = !received.ok() && received.error().kind == Kind::corrupt;
    if (senseless) TRY(source.drain());  // if these are other bytes than the manifest says, that is the reason
    TRY(std::move(received));
    return {};
  }

  const Store& store_;
  Registry& registry_;
  std::vector<MissingLayer> layers_;
  TransferObserver& observer_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::optional<Error> failed_;
};

}  // namespace

Result<void> pull_layers(const Store& store, Registry& registry, std::span<const MissingLayer> layers,
                         TransferObserver& observer) {
  return LayerPull(store, registry, layers, observer).run();
}

}  // namespace aictr::images
