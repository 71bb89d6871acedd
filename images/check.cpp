#include "images/check.h"

#include <fmt/core.h>

#include "base/file.h"
#include "images/hash.h"
#include "images/layer_record.h"
#include "images/layer_tar.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

class Check {
 public:
  Check(const Store& store, const std::function<void(const std::string&)>& report) : store_(store), report_(report) {}

  Result<Checked> run() {
    FileLock hold = TRY(store_.hold());
    for (const std::string& hex : TRY(list_directory(store_.fd(), layout::kBlobs))) check_blob(hex);
    for (const std::string& hex : TRY(list_directory(store_.fd(), layout::kLayers))) check_layer(hex);
    auto images = store_.list();
    if (!images.ok()) {
      tell("the list of images", images.error().message);
      return checked_;
    }
    for (const Image& image : images.value()) check_image(image);
    return checked_;
  }

 private:
  void tell(const std::string& what, const std::string& reason) {
    ++checked_.damaged;
    report_(fmt::format("{}: {}", what, reason));
  }

  void check_blob(const std::string& hex) {
    if (hex.ends_with(".tmp")) return;  // it is being written, or will be deleted
    std::string what = fmt::format("blob sha256:{}", hex);
    auto text = read_file(store_.fd(), fmt::format("{}/{}", layout::kBlobs, hex));
    if (!text.ok()) {
      tell(what, text.error().message);
    } else if (sha256(text.value()).hex() != hex) {
      tell(what, "its bytes are not what its digest says");
    }
  }

  void check_layer(const std::string& hex) {
    std::string what = fmt::format("layer sha256:{}", hex);
    oci::Digest diff_id = oci::Digest::sha256(hex);
    auto record = load_layer_record(store_.fd(), diff_id);
    if (!record.ok() && record.error().kind == Kind::not_found) return;  // no harm, unless an image needs it
    ++checked_.layers;
    if (!record.ok()) return tell(what, record.error().message);
    if (record.value().diff_id != diff_id) return tell(what, "its record is of another layer");
    std::int64_t size = 0;
    auto read = read_layer_tar(store_, diff_id, [&](std::string_view data) {
      size += static_cast<std::int64_t>(data.size());
      return Result<void>();
    });
    if (!read.ok() && read.error().kind == Kind::unsupported) {
      ++checked_.unverified;
    } else if (!read.ok()) {
      tell(what, read.error().message);
    } else if (size != record.value().size) {
      tell(what, fmt::format("it has {} bytes, its record says {}", size, record.value().size));
    }
  }

  void check_image(const Image& image) {
    ++checked_.images;
    for (const oci::Digest& diff_id : image.config.diff_ids) {
      if (store_.has_layer(diff_id)) continue;
      tell(fmt::format("image {}", image.id.short_id()), fmt::format("layer {} is missing", diff_id.text()));
    }
  }

  const Store& store_;
  const std::function<void(const std::string&)>& report_;
  Checked checked_;
};

}  // namespace

Result<Checked> check_store(const Store& store, const std::function<void(const std::string&)>& report) {
  return Check(store, report).run();
}

}  // namespace aictr::images
