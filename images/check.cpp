#include "images/check.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/layer_record.h"
#include "images/layer_tar.h"
#include "images/store_index.h"
#include "images/store_layout.h"
#include "images/stored_image.h"

namespace aictr::images {
namespace {

class Check {
 public:
  explicit Check(const Store& store) : store_(store) {}

  Result<Checked> run() {
    FileLock hold = TRY(store_.hold());
    for (const std::string& hex : TRY(list_directory(store_.fd(), layout::kBlobs))) check_blob(hex);
    for (const std::string& hex : TRY(list_directory(store_.fd(), layout::kLayers))) check_layer(hex);
    auto index = StoreIndex::load(store_.fd());
    if (!index.ok()) {
      tell({.text = fmt::format("the list of images: {}", index.error().message)});
      return std::move(checked_);
    }
    for (const oci::Descriptor& entry : index.value().manifests()) check_image(index.value(), entry.digest);
    return std::move(checked_);
  }

 private:
  void tell(Damage damage) { checked_.damages.push_back(std::move(damage)); }

  void check_blob(const std::string& hex) {
    if (hex.ends_with(".tmp")) return;  // it is being written, or will be deleted
    std::string reason;
    auto text = read_file(store_.fd(), fmt::format("{}/{}", layout::kBlobs, hex));
    if (!text.ok()) {
      reason = text.error().message;
    } else if (sha256(text.value()).hex() != hex) {
      reason = "its bytes are not what its digest says";
    }
    if (reason.empty()) return;
    tell({.text = fmt::format("blob sha256:{}: {}", hex, reason), .blob = oci::Digest::sha256(hex)});
  }

  void check_layer(const std::string& hex) {
    oci::Digest diff_id = oci::Digest::sha256(hex);
    auto record = load_layer_record(store_.fd(), diff_id);
    if (!record.ok() && record.error().kind == Kind::not_found) return;  // no harm, unless an image needs it
    ++checked_.layers;
    std::string reason = record.ok() ? compare(record.value(), diff_id) : record.error().message;
    if (reason.empty()) return;
    tell({.text = fmt::format("layer sha256:{}: {}", hex, reason), .layer = diff_id});
  }

  // What is wrong with the layer; nothing: it is sound.
  std::string compare(const LayerRecord& record, const oci::Digest& diff_id) {
    if (record.diff_id != diff_id) return "its record is of another layer";
    std::int64_t size = 0;
    auto read = read_layer_tar(store_, diff_id, [&](std::string_view data) {
      size += static_cast<std::int64_t>(data.size());
      return Result<void>();
    });
    if (!read.ok() && read.error().kind == Kind::unsupported) {
      ++checked_.unverified;
      return {};
    }
    if (!read.ok()) return read.error().message;
    if (size != record.size) return fmt::format("it has {} bytes, its record says {}", size, record.size);
    return index_is_right(record) ? "" : "its index is not of its tar";
  }

  // The tree of a layer that is kept as its tar.
  bool index_is_right(const LayerRecord& record) {
    if (record.kind != LayerKind::tar || record.index.empty()) return true;
    auto index = sys::open(store_.fd(), layout::layer(record.diff_id) + "/" + layout::kLayerIndex, O_RDONLY);
    if (!index.ok()) return false;
    auto digest = digest_of_file(index.value().get());
    return digest.ok() && digest.value() == record.index;
  }

  void check_image(const StoreIndex& index, const oci::Digest& manifest) {
    ++checked_.images;
    auto loaded = load_image(store_.fd(), index, manifest);
    if (!loaded.ok()) {
      tell({.text = fmt::format("image {}: {}", manifest.short_id(), loaded.error().message), .image = manifest});
      return;
    }
    const Image& image = loaded.value();
    for (const oci::Digest& diff_id : image.config.diff_ids) {
      if (store_.has_layer(diff_id)) continue;
      tell({.text = fmt::format("image {}: layer {} is missing", image.id.short_id(), diff_id.text()),
            .image = manifest});
    }
  }

  const Store& store_;
  Checked checked_;
};

}  // namespace

Result<Checked> check_store(const Store& store) {
  return Check(store).run();
}

}  // namespace aictr::images
