#include "images/snapshot.h"

#include <fcntl.h>
#include <linux/magic.h>

#include <algorithm>
#include <vector>

#include <fmt/core.h>

#include "base/file.h"
#include "base/lock.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "images/erofs_mount.h"
#include "images/layer_record.h"
#include "images/overlay.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

constexpr std::size_t kMostLayers = 500;  // OVL_MAX_STACK of the kernel

// Overlayfs takes a directory once. A layer that comes twice, as that of a COPY done twice, shows what its highest
// place shows: there it covers all that it held below.
std::vector<oci::Digest> without_repetitions(std::span<const oci::Digest> layers) {
  std::vector<oci::Digest> kept;
  for (auto layer = layers.begin(); layer != layers.end(); ++layer) {
    if (std::find(std::next(layer), layers.end(), *layer) == layers.end()) kept.push_back(*layer);
  }
  return kept;
}

// Overlayfs wants one lower directory under an upper one, and two without; empty ones fill the places.
Result<std::vector<UniqueFd>> open_layers(const Store& store, std::span<const oci::Digest> layers, std::size_t least) {
  std::vector<UniqueFd> opened;
  for (const char* side : {"/a", "/b"}) {
    if (opened.size() + layers.size() >= least) break;
    opened.push_back(TRY(sys::open(store.fd(), std::string(layout::kEmpty) + side, O_PATH | O_DIRECTORY)));
  }
  for (const oci::Digest& layer : layers) opened.push_back(TRY(open_layer(store, layer)));
  if (opened.size() > kMostLayers) {
    return make_error(Kind::unsupported, fmt::format("{} layers; overlayfs mounts {}", opened.size(), kMostLayers),
                      "build the image with fewer steps");
  }
  return opened;
}

// The root directory of an overlay is the upper one, mode and owner included.
Result<void> copy_root(int from, int upper) {
  struct stat root = TRY(sys::stat(from));
  UniqueFd writable = TRY(sys::reopen(upper, O_RDONLY | O_DIRECTORY));
  TRY(sys::chown(upper, "", root.st_uid, root.st_gid, AT_EMPTY_PATH));
  return sys::chmod(writable.get(), root.st_mode & 07777);
}

Result<UniqueFd> mount_old(const Store& store, const Overlay& overlay) {
  FileLock lock = TRY(FileLock::acquire(store.fd(), layout::kMount, FileLock::Mode::exclusive));
  return mount_by_old_call(overlay, fmt::format("/proc/self/fd/{}/{}", store.fd(), layout::kMountPoint));
}

// Before Linux 6.15 overlayfs takes a lower directory only from a mount that is attached somewhere. A descriptor goes
// on meaning the root of its own mount when another is put on top of it.
Result<UniqueFd> mount_on_attached(const Store& store, const Overlay& overlay) {
  FileLock lock = TRY(FileLock::acquire(store.fd(), layout::kMount, FileLock::Mode::exclusive));
  std::string place = fmt::format("/proc/self/fd/{}/{}", store.fd(), layout::kMountPoint);
  int attached = 0;
  Defer detach([&] {
    while (attached-- > 0) ignore(sys::umount(place, sys::kDetach));
  });
  for (const UniqueFd& lower : overlay.lowers) {
    if (!TRY(sys::is_mount_root(lower.get()))) continue;
    UniqueFd target = TRY(sys::open(store.fd(), layout::kMountPoint, O_PATH | O_DIRECTORY));
    TRY(sys::attach_mount(lower.get(), target.get()));
    ++attached;
  }
  return mount_by_layer(overlay);
}

bool has_mounts(const Overlay& overlay) {
  return std::ranges::any_of(overlay.lowers, [](const UniqueFd& lower) {
    auto mounted = sys::is_mount_root(lower.get());
    return mounted.ok() && mounted.value();
  });
}

// A kernel that does not know a way says EINVAL, at one call or another, as it does about a directory it cannot use; so
// the first failure is what tells most.
Result<UniqueFd> mount_overlay(const Store& store, const Overlay& overlay) {
  auto newest = mount_by_layer(overlay);
  if (newest.ok() || newest.error().code != EINVAL) return newest;
  if (has_mounts(overlay)) return mount_on_attached(store, overlay);
  auto middle = mount_by_option(overlay);
  if (middle.ok()) return middle;
  auto oldest = mount_old(store, overlay);
  if (oldest.ok()) return oldest;
  return oldest.error().kind == Kind::unsupported ? std::move(oldest) : std::move(newest);
}

Result<UniqueFd> explain(Error error, const std::optional<Writable>& writable) {
  if (error.kind == Kind::unsupported) return error;
  if (writable) {
    auto type = sys::file_system_magic(AT_FDCWD, writable->upper);
    if (type.ok() && type.value() == OVERLAYFS_SUPER_MAGIC) {
      return make_error(
          Kind::unsupported,
          fmt::format("'{}' is on overlayfs, which cannot hold what another overlay writes", writable->upper),
          "keep the store on another file system, such as ext4, xfs, btrfs or tmpfs: --root PATH");
    }
  }
  if (error.code == EPERM) error.hint = "mounting needs CAP_SYS_ADMIN";
  return error;
}

}  // namespace

Result<UniqueFd> open_layer(const Store& store, const oci::Digest& diff_id) {
  auto tree = sys::open(store.fd(), layout::layer_tree(diff_id), O_PATH | O_DIRECTORY);
  if (tree.ok() || tree.error().kind != Kind::not_found) return tree;
  std::string folder = layout::layer(diff_id);
  auto index = sys::open(store.fd(), folder + "/" + layout::kLayerIndex, O_RDONLY);
  if (index.ok()) {
    UniqueFd tar = TRY(sys::open(store.fd(), folder + "/" + layout::kLayerTar, O_RDONLY));
    return TRY_AS(fmt::format("layer {}", diff_id.short_id()), mount_erofs(index.value().get(), tar.get()));
  }
  auto record = load_layer_record(store.fd(), diff_id);
  if (!record.ok() && record.error().kind == Kind::unsupported) return std::move(record).error();
  return make_error(Kind::corrupt, fmt::format("layer {} is missing from the store", diff_id.text()),
                    "make or get the image again");
}

Result<UniqueFd> mount_layers(const Store& store, std::span<const oci::Digest> layers,
                              const std::optional<Writable>& writable) {
  std::vector<oci::Digest> distinct = without_repetitions(layers);
  std::vector<UniqueFd> lowers = TRY_AS("mount layers", open_layers(store, distinct, writable ? 1 : 2));
  Overlay overlay{lowers};
  UniqueFd upper;
  UniqueFd work;
  if (writable) {
    if (!writable->under.empty()) {
      lowers.push_back(TRY_AS("mount layers", sys::open(writable->under, O_PATH | O_DIRECTORY)));
      overlay.lowers = lowers;
    }
    upper = TRY_AS("mount layers", sys::open(writable->upper, O_PATH | O_DIRECTORY));
    work = TRY_AS("mount layers", sys::open(writable->work, O_PATH | O_DIRECTORY));
    TRY_AS("mount layers", copy_root(lowers.back().get(), upper.get()));
    overlay.upper = upper.get();
    overlay.work = work.get();
    overlay.skip_sync = writable->skip_sync;
  }
  auto mount = mount_overlay(store, overlay);
  if (mount.ok()) return mount;
  return TRY_AS("mount layers", explain(std::move(mount).error(), writable));
}

}  // namespace aictr::images
