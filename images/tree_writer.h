#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/layer_path.h"
#include "images/tar_entry.h"

namespace aictr::images {

// What names that begin with .wh. mean.
enum class Whiteouts {
  apply,    // deletions: in overlayfs's form, for a layer
  ordinary  // names like others: for an archive that is no layer
};

// Makes the entries of a tar in a directory, as root would extract them. Nothing an entry says reaches outside of that
// directory: parents and link targets are resolved with the directory as the root (openat2(2), RESOLVE_IN_ROOT), and
// the last component is never followed. A later entry replaces an earlier one of its name.
class TreeWriter {
 public:
  // `root` stays the caller's.
  TreeWriter(int root, Whiteouts whiteouts) : root_(root), whiteouts_(whiteouts) {}

  using WriteContent = std::function<Result<void>(int fd)>;
  Result<void> add(const TarEntry& entry, const WriteContent& write_content);
  Result<void> finish();  // the times of directories, which their entries have changed

 private:
  struct DirectoryTime {
    std::string path;
    std::int64_t mtime;
  };

  Result<void> add_root(const TarEntry& entry);
  Result<void> make(int parent, const LayerPath& path, const TarEntry& entry, const WriteContent& write_content);
  Result<void> make_file(int parent, const std::string& name, const TarEntry& entry, const WriteContent& write_content);
  Result<void> make_directory(int parent, const LayerPath& path, const TarEntry& entry);
  Result<void> make_node(int parent, const std::string& name, const TarEntry& entry);
  Result<void> make_hard_link(int parent, const std::string& name, const TarEntry& entry);
  Result<void> make_whiteout(const LayerPath& path);
  Result<void> make_room(int parent, const std::string& name);

  Result<int> parent_of(const LayerPath& path);
  Result<UniqueFd> open_parent(const std::string& path, int links_left);
  Result<void> make_parent(const std::string& path, int links_left);

  int root_;
  Whiteouts whiteouts_;
  std::string parent_path_;  // entries of one directory stand together, so the latest parent is kept open
  UniqueFd parent_;
  std::vector<DirectoryTime> times_;
};

}  // namespace aictr::images
