#include "images/tree_tar.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_copy.h"
#include "base/sys_xattr.h"
#include "images/hard_links.h"
#include "images/kept_xattr.h"
#include "images/tar_header.h"

namespace aictr::images {
namespace {

constexpr off_t kWorthwhile = 1 << 20;  // bytes of holes

class TarVisitor : public LiveVisitor {
 public:
  TarVisitor(std::string name, const TarSink& sink) : name_(std::move(name)), output_(sink) {}

  Result<void> enter(const LiveEntry& directory) override {
    TarEntry entry = tar_entry_of(place_of(directory) + "/", directory.st);
    TRY(read_xattrs(directory.fd.get(), entry));
    return output_.write(encode_tar_header(entry));
  }

  Result<void> leave(const LiveEntry&) override { return {}; }

  Result<void> visit(const LiveEntry& other) override {
    TarEntry entry = tar_entry_of(place_of(other), other.st);
    if (S_ISLNK(other.st.st_mode)) entry.link = TRY(sys::readlink(other.fd.get(), ""));
    if (hard_links_.make_link_if_known(entry, other.st)) return output_.write(encode_tar_header(entry));
    if (!S_ISREG(other.st.st_mode)) return output_.write(encode_tar_header(entry));
    UniqueFd file = TRY(sys::reopen(other.fd.get(), kReadLive));
    TRY(read_xattrs(file.get(), entry));
    bool sparse = other.st.st_blocks * 512 + kWorthwhile < other.st.st_size;
    return sparse ? write_sparse(std::move(entry), file.get()) : write_file(entry, file.get());
  }

  Result<void> finish() { return output_.finish(); }

 private:
  std::string place_of(const LiveEntry& entry) const { return entry.path.empty() ? name_ : name_ + "/" + entry.path; }

  Result<void> read_xattrs(int fd, TarEntry& entry) {
    for (const std::string& name : TRY(sys::list_xattrs(fd))) {
      if (!is_kept_xattr(name)) continue;
      std::string value = TRY(sys::get_xattr(fd, name));
      entry.xattrs[name] = std::move(value);
    }
    return {};
  }

  Result<void> write_file(const TarEntry& entry, int file) {
    TRY(output_.write(encode_tar_header(entry)));
    TRY(output_.copy(file, entry.size, TarOutput::Short::is_filled));
    return output_.pad(entry.size);
  }

  // The content begins with a list of the pieces that are no holes: their number, then offset and length of each, a
  // line a number, up to a whole block ("Storing Sparse Files" of GNU tar's manual).
  Result<void> write_sparse(TarEntry entry, int file) {
    std::vector<sys::DataRange> pieces = TRY(pieces_of(file, entry.size));
    std::string list = fmt::format("{}\n", pieces.size());
    std::int64_t data = 0;
    for (const sys::DataRange& piece : pieces) {
      list += fmt::format("{}\n{}\n", piece.offset, piece.length);
      data += piece.length;
    }
    list.resize((list.size() + kTarBlock - 1) / kTarBlock * kTarBlock);
    std::int64_t size = std::exchange(entry.size, static_cast<std::int64_t>(list.size()) + data);
    TRY(output_.write(encode_sparse_tar_header(entry, size)));
    TRY(output_.write(list));
    for (const sys::DataRange& piece : pieces) {
      if (::lseek(file, piece.offset, SEEK_SET) < 0) return sys_error("seek");
      TRY(output_.copy(file, piece.length, TarOutput::Short::is_filled));
    }
    return output_.pad(data);
  }

  // The last one may be empty: it says where the file ends.
  Result<std::vector<sys::DataRange>> pieces_of(int file, off_t size) {
    std::vector<sys::DataRange> pieces;
    off_t at = 0;
    while (at < size) {
      sys::DataRange piece = TRY(sys::next_data(file, at, size));
      at = piece.offset + piece.length;
      pieces.push_back(piece);
      if (piece.length == 0) break;
    }
    return pieces;
  }

  std::string name_;
  TarOutput output_;
  HardLinks hard_links_;
};

}  // namespace

Result<void> write_tree_tar(LiveEntry top, const std::string& name, const TarSink& sink) {
  TarVisitor visitor(name, sink);
  TRY(walk_live_tree(std::move(top), visitor));
  return visitor.finish();
}

}  // namespace aictr::images
