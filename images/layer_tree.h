#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/layer_path.h"
#include "images/tar_entry.h"

namespace aictr::images {

// A piece of a sparse file (erofs_writer.h) that is not a hole.
struct Piece {
  std::uint64_t offset = 0;  // in the file
  std::uint64_t at = 0;      // in the index
};

struct LayerNode {
  mode_t mode = 0;  // with its type
  uid_t uid = 0;
  gid_t gid = 0;
  std::int64_t mtime = 0;
  std::uint64_t size = 0;
  std::uint64_t content_at = 0;  // of a file: in the tar
  bool sparse = false;           // then the content is in the index
  std::vector<Piece> pieces;
  std::string link;  // of a symbolic link
  dev_t device = 0;
  std::map<std::string, std::string> xattrs;
  std::map<std::string, LayerNode*> children;  // of a directory
  LayerNode* parent = nullptr;                 // of a directory; the root's own is itself
};

// The tree that the entries of a layer's tar make, in memory: what TreeWriter makes in a directory, by the same rules.
// Nothing can lead out of it; links among the parents of a name are followed inside. Whiteouts and opaque directories
// have overlayfs's form.
class LayerTree {
 public:
  LayerTree();
  LayerTree(const LayerTree&) = delete;
  LayerTree& operator=(const LayerTree&) = delete;

  LayerNode& root() { return nodes_.front(); }

  // Gives the node that the entry's content belongs to; null when it has none. Kind::corrupt for what no honest tar
  // has.
  Result<LayerNode*> add(const TarEntry& entry);

 private:
  Result<LayerNode*> add_directory(LayerNode& parent, const std::string& name, const TarEntry& entry);
  Result<void> add_hard_link(LayerNode& parent, const std::string& name, const TarEntry& entry);
  Result<void> add_whiteout(const LayerPath& path);
  LayerNode& make(mode_t mode);
  LayerNode& make_directory(LayerNode& parent, const std::string& name);
  Result<LayerNode*> directory(const std::string& path, bool make_missing);
  Result<LayerNode*> enter(LayerNode& at, const std::string& name, bool make_missing, int& links_left);
  Result<LayerNode*> walk(LayerNode& from, const std::string& path, bool make_missing, int& links_left);

  std::deque<LayerNode> nodes_;  // all that ever were; the root first
};

}  // namespace aictr::images
