#include "images/disk_usage.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/core.h>

#include "base/disk_meter.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/sys.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

constexpr const char* kContainers = "containers";  // cli/container.h
constexpr const char* kVolumes = "volumes";        // cli/volume.h
constexpr std::size_t kIdLength = 64;

Result<std::vector<std::string>> names_in(int store, const std::string& path) {
  auto names = list_directory(store, path);
  if (!names.ok() && names.error().kind == Kind::not_found) return std::vector<std::string>();
  return names;
}

bool is_held(int store, const std::string& lock) {
  if (!sys::exists(store, lock)) return false;
  auto idle = FileLock::try_acquire(store, lock, FileLock::Mode::exclusive);
  return !idle.ok() && idle.error().kind == Kind::busy;
}

class Survey {
 public:
  Survey(const Store& store, const std::vector<oci::Digest>& used) : store_(store.fd()), used_(used) {}

  Result<DiskUsage> run(const std::vector<Image>& images) {
    for (const Image& image : images) note(image);
    TRY(measure_blobs());
    TRY(measure_layers());
    TRY(measure_cache());
    TRY(measure_unfinished());
    TRY(measure_containers());
    TRY(measure_volumes());
    std::int64_t all = TRY(DiskMeter().measure(store_, "."));
    usage_.own = all - usage_.images.bytes - usage_.containers.bytes - usage_.volumes.bytes - usage_.build_cache.bytes -
                 usage_.unfinished.bytes;
    return usage_;
  }

 private:
  void note(const Image& image) {
    bool active = std::ranges::find(used_, image.id) != used_.end();
    ++usage_.images.total;
    if (active) ++usage_.images.active;
    std::vector<std::string> parts{image.id.hex(), image.manifest_digest.hex()};
    for (const oci::Digest& layer : image.config.diff_ids) parts.push_back(layer.hex());
    for (const std::string& part : parts) {
      named_.insert(part);
      if (active) active_.insert(part);
    }
  }

  Result<std::int64_t> measure(const std::string& folder, const std::string& name) {
    return meter_.measure(store_, fmt::format("{}/{}", folder, name));
  }

  static void add(DiskUsage::Part& part, std::int64_t bytes, bool active) {
    part.bytes += bytes;
    if (!active) part.reclaimable += bytes;
  }

  Result<void> measure_blobs() {
    for (const std::string& hex : TRY(names_in(store_, layout::kBlobs))) {
      add(usage_.images, TRY(measure(layout::kBlobs, hex)), active_.contains(hex));
    }
    return {};
  }

  Result<void> measure_layers() {
    for (const std::string& hex : TRY(names_in(store_, layout::kLayers))) {
      bool of_image = named_.contains(hex);
      add(of_image ? usage_.images : usage_.build_cache, TRY(measure(layout::kLayers, hex)), active_.contains(hex));
    }
    return {};
  }

  Result<void> measure_cache() {
    usage_.build_cache.total = static_cast<int>(TRY(names_in(store_, layout::kCacheSteps)).size());
    for (const char* folder :
         {layout::kCacheSteps, layout::kCacheFiles, layout::kCacheMounts, layout::kCacheCompressed}) {
      for (const std::string& name : TRY(names_in(store_, folder))) {
        add(usage_.build_cache, TRY(measure(folder, name)), false);
      }
    }
    return {};
  }

  Result<void> measure_unfinished() {
    for (const std::string& name : TRY(names_in(store_, layout::kDrafts))) {
      add_unfinished(TRY(measure(layout::kDrafts, name)),
                     fmt::format("{}/{}/{}", layout::kDrafts, name, layout::kDraftLock));
    }
    for (const std::string& name : TRY(names_in(store_, layout::kDownloads))) {
      add_unfinished(TRY(measure(layout::kDownloads, name)), fmt::format("{}/{}", layout::kDownloads, name));
    }
    return {};
  }

  void add_unfinished(std::int64_t bytes, const std::string& lock) {
    bool active = is_held(store_, lock);
    ++usage_.unfinished.total;
    if (active) ++usage_.unfinished.active;
    add(usage_.unfinished, bytes, active);
  }

  Result<void> measure_containers() {
    for (const std::string& id : TRY(names_in(store_, kContainers))) {
      if (id.size() != kIdLength) continue;
      ++usage_.containers.total;
      usage_.containers.bytes += TRY(measure(kContainers, id));
    }
    return {};
  }

  Result<void> measure_volumes() {
    for (const std::string& name : TRY(names_in(store_, kVolumes))) {
      if (name.starts_with('.')) continue;
      ++usage_.volumes.total;
      usage_.volumes.bytes += TRY(measure(kVolumes, name));
    }
    return {};
  }

  int store_;
  const std::vector<oci::Digest>& used_;
  DiskMeter meter_;
  DiskUsage usage_;
  std::set<std::string> named_;   // blobs and layers that images have, in hex
  std::set<std::string> active_;  // those of images that containers use
};

}  // namespace

Result<DiskUsage> disk_usage(const Store& store, const std::vector<oci::Digest>& used) {
  return Survey(store, used).run(TRY(store.list()));
}

}  // namespace aictr::images
