#include "images/layer_pack.h"

#include <dirent.h>
#include <fcntl.h>

#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/hard_links.h"
#include "images/kept_xattr.h"
#include "images/tar_header.h"
#include "images/tar_output.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

std::string quoted(const std::string& path) {
  return fmt::format("'{}'", path);
}

class Packer {
 public:
  explicit Packer(const TarSink& sink) : output_(sink) {}

  Result<void> pack(int tree) {
    TarEntry root = tar_entry_of("./", TRY(sys::stat(tree)));
    root.mtime = 0;  // it is when the directory was made, not something that a step did
    bool opaque = TRY(read_xattrs(tree, root));
    bool ordinary = root.mode == 0755 && root.uid == 0 && root.gid == 0 && root.xattrs.empty();
    if (!ordinary) TRY(output_.write(encode_tar_header(root)));
    TRY(pack_children(tree, "", opaque));
    return output_.finish();
  }

 private:
  // `opaque`: the directory hides what layers below have in it.
  Result<void> pack_children(int dir, const std::string& prefix, bool opaque) {
    if (opaque) TRY(write_marker(prefix, kOpaqueMarker));
    for (const DirectoryEntry& child : TRY(list_entries(dir))) {
      std::string path = prefix + child.name;
      if (child.name.starts_with(kWhiteoutPrefix)) {
        return make_error(Kind::unsupported, fmt::format("'{}' cannot be in a layer: names that begin with '{}' mean "
                                                         "deletions there",
                                                         path, kWhiteoutPrefix));
      }
      auto packed = pack_child(dir, prefix, child);
      if (packed.ok()) continue;
      // Deeper down the path has been named already.
      return child.type == DT_DIR ? packed : std::move(packed).error().context(quoted(path));
    }
    return {};
  }

  Result<void> pack_child(int dir, const std::string& prefix, const DirectoryEntry& child) {
    switch (child.type) {
      case DT_REG:
        return pack_file(dir, prefix, child.name);
      case DT_DIR:
        return pack_directory(dir, prefix, child.name);
      case DT_UNKNOWN:
        return pack_unknown(dir, prefix, child.name);
      default:
        return pack_special(dir, prefix, child.name, TRY(sys::stat(dir, child.name)));
    }
  }

  Result<void> pack_unknown(int dir, const std::string& prefix, const std::string& name) {
    struct stat st = TRY(sys::stat(dir, name));
    if (S_ISREG(st.st_mode)) return pack_file(dir, prefix, name);
    if (S_ISDIR(st.st_mode)) return pack_directory(dir, prefix, name);
    return pack_special(dir, prefix, name, st);
  }

  Result<void> pack_directory(int dir, const std::string& prefix, const std::string& name) {
    std::string path = prefix + name + "/";
    UniqueFd fd = TRY_AS(quoted(path), sys::open(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TarEntry entry = tar_entry_of(path, TRY(sys::stat(fd.get())));
    bool opaque = TRY_AS(quoted(path), read_xattrs(fd.get(), entry));
    TRY(output_.write(encode_tar_header(entry)));
    return pack_children(fd.get(), entry.path, opaque);
  }

  Result<void> pack_file(int dir, const std::string& prefix, const std::string& name) {
    UniqueFd fd = TRY(sys::open(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    struct stat st = TRY(sys::stat(fd.get()));
    TarEntry entry = tar_entry_of(prefix + name, st);
    if (hard_links_.make_link_if_known(entry, st)) return output_.write(encode_tar_header(entry));
    TRY(read_xattrs(fd.get(), entry));
    TRY(output_.write(encode_tar_header(entry)));
    TRY(output_.copy(fd.get(), entry.size, TarOutput::Short::is_error));
    return output_.pad(entry.size);
  }

  Result<void> pack_special(int dir, const std::string& prefix, const std::string& name, const struct stat& st) {
    if (S_ISSOCK(st.st_mode)) return {};
    if (is_whiteout(st)) return write_marker(prefix + std::string(kWhiteoutPrefix), name);
    TarEntry entry = tar_entry_of(prefix + name, st);
    if (S_ISLNK(st.st_mode)) entry.link = TRY(sys::readlink(dir, name));
    hard_links_.make_link_if_known(entry, st);
    return output_.write(encode_tar_header(entry));
  }

  // An empty file whose name alone says something; its time, mode and owner are none of anybody's.
  Result<void> write_marker(const std::string& prefix, std::string_view name) {
    TarEntry marker;
    marker.path = prefix + std::string(name);
    return output_.write(encode_tar_header(marker));
  }

  // Fills in the attributes that belong to the layer. True when overlayfs calls the directory opaque.
  Result<bool> read_xattrs(int fd, TarEntry& entry) {
    bool opaque = false;
    for (const std::string& name : TRY(sys::list_xattrs(fd))) {
      if (is_kept_xattr(name)) entry.xattrs[name] = TRY(sys::get_xattr(fd, name));
      if (!is_overlay_xattr(name)) continue;
      if (name == overlay_xattr("redirect") || name == overlay_xattr("metacopy")) {
        return make_error(Kind::unsupported, fmt::format("it has '{}', which a layer cannot say", name));
      }
      if (name == overlay_xattr("opaque")) opaque = TRY(sys::get_xattr(fd, name)) == "y";
    }
    return opaque;
  }

  TarOutput output_;
  HardLinks hard_links_;
};

}  // namespace

Result<void> pack_layer(int tree, const TarSink& sink) {
  TRY_AS("pack layer", Packer(sink).pack(tree));
  return {};
}

}  // namespace aictr::images
