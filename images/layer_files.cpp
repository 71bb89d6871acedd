#include "images/layer_files.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/snapshot.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

class Listing {
 public:
  Result<void> walk(int directory, const std::string& path) {
    auto opaque = sys::get_xattr(directory, overlay_xattr("opaque"));
    if (opaque.ok() && opaque.value() == "y") files_.push_back({path, LayerFile::Kind::opaque, 0});
    auto entries = TRY(list_entries(directory));
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    for (const DirectoryEntry& entry : entries) {
      TRY(add(directory, entry.name, path.empty() ? entry.name : path + "/" + entry.name));
    }
    return {};
  }

  std::vector<LayerFile> take() { return std::move(files_); }

 private:
  Result<void> add(int directory, const std::string& name, const std::string& path) {
    struct stat st = TRY(sys::stat(directory, name));
    if (S_ISDIR(st.st_mode)) {
      UniqueFd below = TRY(sys::open(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      return walk(below.get(), path);
    }
    if (is_whiteout(st)) {
      files_.push_back({path, LayerFile::Kind::deletion, 0});
      return {};
    }
    bool counts = S_ISREG(st.st_mode) && (st.st_nlink < 2 || seen_.insert(st.st_ino).second);
    files_.push_back({path, LayerFile::Kind::file, counts ? st.st_size : 0});
    return {};
  }

  std::vector<LayerFile> files_;
  std::set<ino_t> seen_;
};

}  // namespace

Result<std::vector<LayerFile>> list_layer(const Store& store, const oci::Digest& diff_id) {
  UniqueFd layer = TRY(open_layer(store, diff_id));
  UniqueFd root = TRY(sys::reopen(layer.get(), O_RDONLY | O_DIRECTORY));
  Listing listing;
  TRY(listing.walk(root.get(), ""));
  return listing.take();
}

}  // namespace aictr::images
