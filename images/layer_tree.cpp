#include "images/layer_tree.h"

#include <sys/stat.h>

#include <fmt/core.h>

#include "base/text.h"
#include "images/kept_xattr.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr int kMostLinks = 40;  // as the kernel's own limit
constexpr std::size_t kLongestName = 255;

mode_t type_of(TarType type) {
  switch (type) {
    case TarType::symbolic_link:
      return S_IFLNK;
    case TarType::character_device:
      return S_IFCHR;
    case TarType::block_device:
      return S_IFBLK;
    case TarType::fifo:
      return S_IFIFO;
    default:
      return S_IFREG;
  }
}

bool is_whiteout(const LayerNode& node) {
  return S_ISCHR(node.mode) && node.device == 0;
}

void set_opaque(LayerNode& directory) {
  directory.xattrs[overlay_xattr("opaque")] = "y";
}

void set_attributes(LayerNode& node, const TarEntry& entry) {
  node.mode = (node.mode & S_IFMT) | (entry.mode & 07777);
  node.uid = entry.uid;
  node.gid = entry.gid;
  node.mtime = entry.mtime;
  for (const auto& [name, value] : entry.xattrs) {
    if (is_kept_xattr(name)) node.xattrs[name] = value;
  }
}

LayerNode* find(LayerNode& directory, const std::string& name) {
  auto found = directory.children.find(name);
  return found == directory.children.end() ? nullptr : found->second;
}

}  // namespace

LayerTree::LayerTree() {
  LayerNode& top = make(S_IFDIR | 0755);
  top.parent = &top;
}

LayerNode& LayerTree::make(mode_t mode) {
  LayerNode& node = nodes_.emplace_back();
  node.mode = mode;
  return node;
}

LayerNode& LayerTree::make_directory(LayerNode& parent, const std::string& name) {
  LayerNode& made = make(S_IFDIR | 0755);
  made.parent = &parent;
  parent.children[name] = &made;
  return made;
}

Result<LayerNode*> LayerTree::add(const TarEntry& entry) {
  LayerPath path = TRY(LayerPath::parse(entry.path));
  if (path.is_root()) {
    if (entry.type != TarType::directory) return make_error(Kind::corrupt, "the root of a layer is a directory");
    set_attributes(root(), entry);
    return static_cast<LayerNode*>(nullptr);
  }
  if (path.name.size() > kLongestName) return make_error(Kind::corrupt, "its name is longer than 255 bytes");
  if (path.name.starts_with(kWhiteoutPrefix)) {
    TRY(add_whiteout(path));
    return static_cast<LayerNode*>(nullptr);
  }
  LayerNode& parent = *TRY(directory(path.parent, true));
  if (entry.type == TarType::directory) return add_directory(parent, path.name, entry);
  if (entry.type == TarType::hard_link) {
    TRY(add_hard_link(parent, path.name, entry));
    return static_cast<LayerNode*>(nullptr);
  }
  LayerNode& node = make(type_of(entry.type));
  set_attributes(node, entry);
  node.link = entry.type == TarType::symbolic_link ? entry.link : std::string();
  if (S_ISLNK(node.mode)) node.mode = S_IFLNK | 0777;
  if (S_ISLNK(node.mode) && node.link.empty()) return make_error(Kind::corrupt, "it is a link to nothing");
  node.device = entry.device;
  node.size = static_cast<std::uint64_t>(entry.size);
  parent.children[path.name] = &node;
  return S_ISREG(node.mode) ? &node : nullptr;
}

Result<LayerNode*> LayerTree::add_directory(LayerNode& parent, const std::string& name, const TarEntry& entry) {
  LayerNode* node = find(parent, name);
  if (node == nullptr || !S_ISDIR(node->mode)) {
    bool hides = node != nullptr && is_whiteout(*node);
    node = &make_directory(parent, name);
    if (hides) set_opaque(*node);
  }
  set_attributes(*node, entry);
  return static_cast<LayerNode*>(nullptr);
}

Result<void> LayerTree::add_hard_link(LayerNode& parent, const std::string& name, const TarEntry& entry) {
  LayerPath target = TRY(LayerPath::parse(entry.link));
  auto from = directory(target.parent, false);
  LayerNode* node = from.ok() && !target.is_root() ? find(*from.value(), target.name) : nullptr;
  if (node == nullptr) {
    return make_error(Kind::corrupt,
                      fmt::format("it is a hard link to '{}', which is not there", one_line(entry.link)));
  }
  if (S_ISDIR(node->mode)) {
    return make_error(Kind::corrupt, fmt::format("it is a hard link to '{}', a directory", one_line(entry.link)));
  }
  parent.children[name] = node;
  return {};
}

// image-spec, layer.md, "Whiteouts": it is about layers below, never about entries of this one.
Result<void> LayerTree::add_whiteout(const LayerPath& path) {
  std::string victim = path.name.substr(kWhiteoutPrefix.size());
  if (victim.empty() || victim == "." || victim == "..") {
    return make_error(Kind::corrupt, "it is a deletion of nothing that can be deleted");
  }
  LayerNode& parent = *TRY(directory(path.parent, true));
  if (path.name == kOpaqueMarker) {
    set_opaque(parent);
    return {};
  }
  if (path.name.starts_with(kWhiteoutMeta)) return {};
  LayerNode* node = find(parent, victim);
  if (node == nullptr) {
    parent.children[victim] = &make(S_IFCHR);
  } else if (S_ISDIR(node->mode)) {
    set_opaque(*node);
  }
  return {};
}

Result<LayerNode*> LayerTree::directory(const std::string& path, bool make_missing) {
  int links_left = kMostLinks;
  return walk(root(), path, make_missing, links_left);
}

Result<LayerNode*> LayerTree::walk(LayerNode& from, const std::string& path, bool make_missing, int& links_left) {
  LayerNode* at = path.starts_with('/') ? &root() : &from;
  for (const std::string& name : split(path, '/')) {
    if (name.empty() || name == ".") continue;
    at = name == ".." ? at->parent : TRY(enter(*at, name, make_missing, links_left));
  }
  return at;
}

// One component on the way to an entry: what no entry has announced is made, also where a link leads to.
Result<LayerNode*> LayerTree::enter(LayerNode& at, const std::string& name, bool make_missing, int& links_left) {
  LayerNode* node = find(at, name);
  if (node != nullptr && S_ISDIR(node->mode)) return node;
  if (node != nullptr && S_ISLNK(node->mode)) {
    // On the whole way, as the kernel counts: links to links to links would be followed without an end.
    if (links_left-- == 0) return make_error(Kind::corrupt, "links lead round in a circle");
    return walk(at, node->link, make_missing, links_left);
  }
  bool hides = node != nullptr && is_whiteout(*node);
  if (!make_missing || (node != nullptr && !hides)) {
    return make_error(Kind::corrupt, fmt::format("'{}' above it is not a directory", one_line(name)));
  }
  if (name.size() > kLongestName) return make_error(Kind::corrupt, "a name above it is longer than 255 bytes");
  node = &make_directory(at, name);
  if (hides) set_opaque(*node);
  return node;
}

}  // namespace aictr::images
