#include "images/erofs_writer.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <bit>
#include <string_view>
#include <unordered_map>

#include <fmt/core.h>

#include "base/sys.h"
#include "images/erofs_format.h"
#include "images/erofs_xattr.h"

namespace aictr::images {
namespace {

using namespace erofs;

constexpr std::uint64_t kLeastSize = 4096;
constexpr unsigned kPieceBitsLeast = 12;
constexpr std::uint64_t kMostPieces = 1 << 16;  // of a sparse file

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

std::uint8_t dirent_type(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 1;
    case S_IFDIR:
      return 2;
    case S_IFCHR:
      return 3;
    case S_IFBLK:
      return 4;
    case S_IFIFO:
      return 5;
    default:
      return 7;  // a symbolic link
  }
}

// The kernel's huge_encode_dev(), its form in user space.
std::uint32_t encode_device(dev_t device) {
  unsigned high = major(device);
  unsigned low = minor(device);
  return (low & 0xFF) | high << 8 | (low & ~0xFFU) << 12;
}

unsigned bits_for(std::uint64_t size) {
  return static_cast<unsigned>(std::bit_width(size - 1));
}

// An inode and where its parts go.
struct Placed {
  LayerNode* node = nullptr;
  std::uint32_t links = 0;
  std::string xattrs;
  std::uint64_t data_size = 0;  // of what this file holds: a directory's entries, a link's target
  unsigned chunk_bits = 0;
  std::size_t chunks = 0;
  DataLayout layout = DataLayout::plain;
  std::uint64_t at = 0;     // in the metadata
  std::uint64_t block = 0;  // of the data that is not inline

  std::uint64_t nid() const { return at / kSlot; }
  std::uint64_t tail_at() const { return at + sizeof(Inode) + xattrs.size(); }
};

// The names of a directory as they stand in it, "." and ".." among them.
struct Name {
  std::string_view text;
  const LayerNode* node;
};

std::vector<Name> names_of(const LayerNode& directory) {
  std::vector<Name> names = {{".", &directory}, {"..", directory.parent}};
  for (const auto& [name, node] : directory.children) names.push_back({name, node});
  std::ranges::sort(names, {}, &Name::text);
  return names;
}

// How many of the names from `first` on share a block, and the bytes they take there.
std::pair<std::size_t, std::size_t> fill_block(const std::vector<Name>& names, std::size_t first) {
  std::size_t used = 0;
  std::size_t last = first;
  while (last < names.size() && used + sizeof(Dirent) + names[last].text.size() <= kBlock) {
    used += sizeof(Dirent) + names[last++].text.size();
  }
  return {last - first, used};
}

std::uint64_t directory_size(const LayerNode& directory) {
  std::vector<Name> names = names_of(directory);
  std::uint64_t size = 0;
  for (std::size_t first = 0; first < names.size();) {
    auto [count, used] = fill_block(names, first);
    first += count;
    size += first < names.size() ? kBlock : used;
  }
  return size;
}

class Writer {
 public:
  Writer(LayerTree& tree, std::uint64_t tar_size, std::uint64_t data_end)
      : tree_(tree), tar_size_(tar_size), meta_at_(round_up(std::max(data_end, kErofsDataStart), kBlock)) {}

  Result<void> write(int file) {
    collect(tree_.root());
    for (Placed& one : placed_) TRY(measure(one));
    place();
    for (const Placed& one : placed_) put(one);
    // Programs that look for a file system read the first 4 KiB of it.
    meta_.resize(std::max<std::uint64_t>(round_up(meta_.size(), kBlock), kLeastSize - std::min(kLeastSize, meta_at_)));
    TRY(sys::write_at(file, meta_, static_cast<off_t>(meta_at_)));
    return write_head(file);
  }

 private:
  // A directory before what is in it. Without recursion: how deep a tree is, is for a stranger to say.
  void collect(LayerNode& root) {
    std::vector<LayerNode*> waiting{&root};
    while (!waiting.empty()) {
      LayerNode& node = *waiting.back();
      waiting.pop_back();
      Placed& placed = number(node);
      if (!S_ISDIR(node.mode)) {
        ++placed.links;
        continue;
      }
      placed.links = 2;
      for (const auto& [name, child] : node.children) {
        if (S_ISDIR(child->mode)) ++placed.links;
      }
      for (auto child = node.children.rbegin(); child != node.children.rend(); ++child)
        waiting.push_back(child->second);
    }
  }

  Placed& number(LayerNode& node) {
    auto [known, added] = numbers_.try_emplace(&node, placed_.size());
    if (added) placed_.push_back({&node, 0, {}, 0, 0, 0, DataLayout::plain, 0, 0});
    return placed_[known->second];
  }

  Result<void> measure(Placed& one) const {
    one.xattrs = TRY(encode_erofs_xattrs(one.node->xattrs));
    if (S_ISDIR(one.node->mode)) one.data_size = directory_size(*one.node);
    if (S_ISLNK(one.node->mode)) one.data_size = one.node->link.size();
    std::uint64_t tail = one.data_size % kBlock;
    if (tail > 0 && sizeof(Inode) + one.xattrs.size() + tail <= kBlock) one.layout = DataLayout::tail_inline;
    if (!S_ISREG(one.node->mode) || one.node->size == 0) return {};
    one.layout = DataLayout::chunked;
    one.chunk_bits = std::max(bits_for(one.node->size), kBlockBits);
    if (one.node->sparse) {
      one.chunk_bits = sparse_piece_bits(one.node->size);
    }
    one.chunks = static_cast<std::size_t>(((one.node->size - 1) >> one.chunk_bits) + 1);
    return {};
  }

  // Inodes first, then the blocks of directories and links that are not beside their inode.
  void place() {
    std::uint64_t at = 2 * kSlot;  // nothing has the number 0
    for (Placed& one : placed_) {
      one.at = at;
      std::uint64_t size = sizeof(Inode) + one.xattrs.size();
      if (one.layout == DataLayout::tail_inline) {
        std::uint64_t tail = one.data_size % kBlock;
        bool crosses = one.tail_at() / kBlock != (one.tail_at() + tail - 1) / kBlock;
        if (crosses) one.at = round_up(at, kBlock);
        size += tail;
      }
      if (one.layout == DataLayout::chunked)
        size = round_up(size, sizeof(ChunkIndex)) + one.chunks * sizeof(ChunkIndex);
      at = round_up(one.at + size, kSlot);
    }
    at = round_up(at, kBlock);
    for (Placed& one : placed_) {
      one.block = (meta_at_ + at) / kBlock;
      bool tail = one.layout == DataLayout::tail_inline;
      at += tail ? one.data_size / kBlock * kBlock : round_up(one.data_size, kBlock);
    }
    meta_.resize(at);
  }

  void put(const Placed& one) {
    const LayerNode& node = *one.node;
    Inode inode;
    inode.format = static_cast<std::uint16_t>(1U | static_cast<unsigned>(one.layout) << 1);
    if (!one.xattrs.empty()) {
      inode.xattr_count = static_cast<std::uint16_t>((one.xattrs.size() - sizeof(XattrHeader)) / 4 + 1);
    }
    inode.mode = static_cast<std::uint16_t>(node.mode);
    inode.size = S_ISREG(node.mode) ? node.size : one.data_size;
    inode.place = place_of(one);
    inode.number = static_cast<std::uint32_t>(numbers_.at(&node) + 1);
    inode.uid = node.uid;
    inode.gid = node.gid;
    inode.mtime = static_cast<std::uint64_t>(node.mtime);
    inode.links = one.links;
    copy(one.at, bytes_of(inode));
    copy(one.at + sizeof inode, one.xattrs);
    if (S_ISDIR(node.mode)) put_data(one, directory_data(node));
    if (S_ISLNK(node.mode)) put_data(one, node.link);
    if (one.layout == DataLayout::chunked) put_chunks(one);
  }

  static std::uint32_t place_of(const Placed& one) {
    const LayerNode& node = *one.node;
    if (one.layout == DataLayout::chunked) return kChunkIndexes | (one.chunk_bits - kBlockBits);
    if (S_ISCHR(node.mode) || S_ISBLK(node.mode)) return encode_device(node.device);
    return S_ISDIR(node.mode) || S_ISLNK(node.mode) ? static_cast<std::uint32_t>(one.block) : 0;
  }

  std::string directory_data(const LayerNode& directory) const {
    std::vector<Name> names = names_of(directory);
    std::string data;
    for (std::size_t first = 0; first < names.size();) {
      auto [count, used] = fill_block(names, first);
      std::string texts;
      for (std::size_t i = first; i < first + count; ++i) {
        std::uint64_t nid = placed_[numbers_.at(names[i].node)].nid();
        Dirent entry{static_cast<std::uint32_t>(nid), static_cast<std::uint32_t>(nid >> 32),
                     static_cast<std::uint16_t>(count * sizeof(Dirent) + texts.size()),
                     dirent_type(names[i].node->mode), 0};
        data += bytes_of(entry);
        texts += names[i].text;
      }
      data += texts;
      first += count;
      if (first < names.size()) data.resize(round_up(data.size(), kBlock));
    }
    return data;
  }

  void put_data(const Placed& one, std::string_view data) {
    std::size_t inline_size = one.layout == DataLayout::tail_inline ? data.size() % kBlock : 0;
    copy(one.block * kBlock - meta_at_, data.substr(0, data.size() - inline_size));
    copy(one.tail_at(), data.substr(data.size() - inline_size));
  }

  void put_chunks(const Placed& one) {
    std::uint64_t at = round_up(one.tail_at(), sizeof(ChunkIndex));
    std::vector<ChunkIndex> chunks(one.chunks, ChunkIndex{0xFFFF, 0, kHole});
    if (!one.node->sparse) {
      chunks[0] = {0, 1, static_cast<std::uint32_t>(one.node->content_at / kBlock)};
    }
    for (const Piece& piece : one.node->pieces) {
      chunks[piece.offset >> one.chunk_bits] = {0, 0, static_cast<std::uint32_t>(piece.at / kBlock)};
    }
    for (const ChunkIndex& chunk : chunks) {
      copy(at, bytes_of(chunk));
      at += sizeof chunk;
    }
  }

  void copy(std::uint64_t at, std::string_view data) {
    std::ranges::copy(data, meta_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  Result<void> write_head(int file) const {
    SuperBlock super;
    super.root_nid = static_cast<std::uint16_t>(placed_[0].nid());
    super.inodes = placed_.size();
    super.blocks = static_cast<std::uint32_t>((meta_at_ + meta_.size()) / kBlock);
    super.meta_block = static_cast<std::uint32_t>(meta_at_ / kBlock);
    super.device_slot = (kSuperBlockAt + sizeof super) / sizeof(DeviceSlot);
    DeviceSlot tar;
    tar.mapped_block = super.blocks;
    tar.blocks = static_cast<std::uint32_t>(round_up(tar_size_, kBlock) / kBlock);
    std::string head(bytes_of(super));
    head += bytes_of(tar);
    head.resize(kBlock);
    return sys::write_at(file, head, kSuperBlockAt);
  }

  LayerTree& tree_;
  std::uint64_t tar_size_;
  std::uint64_t meta_at_;  // in the file
  std::vector<Placed> placed_;
  std::unordered_map<const LayerNode*, std::size_t> numbers_;
  std::string meta_;
};

}  // namespace

unsigned sparse_piece_bits(std::uint64_t file_size) {
  return std::max(kPieceBitsLeast, bits_for(std::max<std::uint64_t>(file_size / kMostPieces, 2)));
}

Result<void> write_erofs(LayerTree& tree, std::uint64_t tar_size, std::uint64_t data_end, int file) {
  constexpr std::uint64_t kLargest = (1ULL << 32) * kBlock;
  if (tar_size >= kLargest) {
    return make_error(Kind::unsupported, fmt::format("a layer of {} bytes; 2 TiB fit", tar_size));
  }
  return Writer(tree, tar_size, data_end).write(file);
}

}  // namespace aictr::images
