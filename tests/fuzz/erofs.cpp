// A tree of any form, written as an index and read again by a reader of the test's own.

#include <sys/stat.h>

#include <cstring>
#include <vector>

#include "base/sys.h"
#include "images/erofs_format.h"
#include "images/erofs_writer.h"
#include "images/layer_tree.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;
using namespace aictr::images;

namespace {

constexpr TarType kTypes[] = {TarType::file,        TarType::directory,        TarType::symbolic_link,
                              TarType::fifo,        TarType::character_device, TarType::hard_link,
                              TarType::block_device};

// Few short names, so that entries meet, and some that are as long as names can be.
std::string name_from(Bytes& bytes) {
  std::string name(1, static_cast<char>('a' + bytes.below(6)));
  if (bytes.below(8) == 0) name.append(bytes.byte(), 'l');
  return name;
}

std::string path_from(Bytes& bytes) {
  std::string path = name_from(bytes);
  for (auto more = bytes.below(4); more > 0; --more) path += "/" + name_from(bytes);
  return path;
}

TarEntry entry_from(Bytes& bytes) {
  TarEntry entry;
  entry.type = bytes.one_of(kTypes);
  entry.path = bytes.below(16) == 0 ? ".wh." + name_from(bytes) : path_from(bytes);
  entry.mode = static_cast<mode_t>(bytes.number() & 07777);
  entry.uid = static_cast<uid_t>(bytes.number());
  entry.mtime = static_cast<std::int64_t>(bytes.number() >> 1);
  entry.link = (bytes.yes() ? "/" : "") + path_from(bytes);
  entry.device = bytes.below(4096);
  if (bytes.below(4) == 0) entry.xattrs["user." + name_from(bytes)] = std::string(bytes.below(3000), 'v');
  if (entry.type == TarType::file) entry.size = static_cast<std::int64_t>(bytes.below(100000));
  return entry;
}

class Image {
 public:
  explicit Image(int file) {
    struct stat st = sys::stat(file).value();
    bytes_.resize(static_cast<std::size_t>(st.st_size));
    require(sys::read_at(file, bytes_, 0).value() == bytes_.size(), "an index can be read");
    super_ = at<erofs::SuperBlock>(erofs::kSuperBlockAt);
    require(super_.magic == erofs::kMagic && super_.blocks * erofs::kBlock == bytes_.size(), "the superblock is right");
  }

  void compare(const LayerNode& root) {
    std::vector<std::pair<const LayerNode*, std::uint64_t>> waiting{{&root, super_.root_nid}};
    while (!waiting.empty()) {
      auto [node, nid] = waiting.back();
      waiting.pop_back();
      auto inode = at<erofs::Inode>(inode_at(nid));
      require(inode.mode == static_cast<std::uint16_t>(node->mode), "a mode is kept");
      require(inode.uid == node->uid && inode.mtime == static_cast<std::uint64_t>(node->mtime),
              "owner and time are kept");
      if (S_ISREG(node->mode)) require(inode.size == node->size, "a size is kept");
      if (S_ISLNK(node->mode)) require(data(nid, inode) == node->link, "a link's target is kept");
      if (!S_ISDIR(node->mode)) continue;
      std::size_t found = 0;
      std::string last;
      for (const auto& [name, child] : entries(data(nid, inode))) {
        require(last.empty() || last < name, "names are in order");
        last = name;
        if (name == "." || name == "..") continue;
        auto known = node->children.find(name);
        require(known != node->children.end(), "a directory has no name of its own making");
        waiting.emplace_back(known->second, child);
        ++found;
      }
      require(found == node->children.size(), "no name is lost");
    }
  }

 private:
  template <class T>
  T at(std::uint64_t offset) const {
    require(offset + sizeof(T) <= bytes_.size(), "everything is inside of the file");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  std::uint64_t inode_at(std::uint64_t nid) const { return super_.meta_block * erofs::kBlock + nid * erofs::kSlot; }

  std::string cut(std::uint64_t offset, std::uint64_t size) const {
    require(offset + size <= bytes_.size(), "data is inside of the file");
    return bytes_.substr(offset, size);
  }

  std::string data(std::uint64_t nid, const erofs::Inode& inode) const {
    bool has_tail = inode.format >> 1 == static_cast<unsigned>(erofs::DataLayout::tail_inline);
    std::uint64_t tail = has_tail ? inode.size % erofs::kBlock : 0;
    std::uint64_t attributes = inode.xattr_count == 0 ? 0 : sizeof(erofs::XattrHeader) + 4 * (inode.xattr_count - 1UL);
    std::uint64_t tail_at = inode_at(nid) + sizeof inode + attributes;
    require(tail == 0 || tail_at / erofs::kBlock == (tail_at + tail - 1) / erofs::kBlock, "a tail is in one block");
    return cut(std::uint64_t{inode.place} * erofs::kBlock, inode.size - tail) + cut(tail_at, tail);
  }

  static std::vector<std::pair<std::string, std::uint64_t>> entries(const std::string& data) {
    std::vector<std::pair<std::string, std::uint64_t>> all;
    for (std::size_t block = 0; block < data.size(); block += erofs::kBlock) {
      std::string piece = data.substr(block, erofs::kBlock);
      require(piece.size() >= sizeof(erofs::Dirent), "a block has an entry");
      std::vector<erofs::Dirent> list(1);
      std::memcpy(list.data(), piece.data(), sizeof(erofs::Dirent));
      list.resize(list[0].name_at / sizeof(erofs::Dirent));
      require(!list.empty() && list.size() * sizeof(erofs::Dirent) <= piece.size(), "entries fit their block");
      std::memcpy(list.data(), piece.data(), list.size() * sizeof(erofs::Dirent));
      for (std::size_t i = 0; i < list.size(); ++i) {
        std::size_t end = i + 1 < list.size() ? list[i + 1].name_at : piece.size();
        require(list[i].name_at < end && end <= piece.size(), "names fit their block");
        std::string name = piece.substr(list[i].name_at, end - list[i].name_at);
        all.emplace_back(name.substr(0, name.find('\0')), std::uint64_t{list[i].nid_high} << 32 | list[i].nid_low);
      }
    }
    return all;
  }

  std::string bytes_;
  erofs::SuperBlock super_;
};

}  // namespace

void fuzz(std::string_view input) {
  Bytes bytes(input);
  LayerTree tree;
  std::uint64_t tar = 0;
  while (bytes.any()) {
    auto node = tree.add(entry_from(bytes));
    if (!node.ok() || node.value() == nullptr) continue;
    node.value()->content_at = tar;
    tar += (node.value()->size + erofs::kBlock - 1) / erofs::kBlock * erofs::kBlock;
  }
  UniqueFd file = sys::memfd("index", 0).value();
  if (write_erofs(tree, tar, kErofsDataStart, file.get()).ok()) Image(file.get()).compare(tree.root());
}
