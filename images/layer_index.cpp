#include "images/layer_index.h"

#include <unistd.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "images/decompress.h"
#include "images/erofs_format.h"
#include "images/erofs_writer.h"
#include "images/layer_tree.h"
#include "images/tar_reader.h"

namespace aictr::images {
namespace {

// Another source's bytes, written to a file on their way.
class WritingSource final : public ByteSource {
 public:
  WritingSource(ByteSource& source, int file) : source_(source), file_(file) {}
  Result<std::string_view> next() override {
    std::string_view data = TRY(source_.next());
    TRY(sys::write_all(file_, data));
    written_ += static_cast<off_t>(data.size());
    if (written_ - started_ >= kWriteOut) write_out();
    return data;
  }

 private:
  // Somebody will want it on the disk before long (layer_sync.h): the disk may begin.
  void write_out() {
    sys::start_writing_out(file_, started_, written_ - started_);
    started_ = written_;
  }

  static constexpr off_t kWriteOut = 8 << 20;
  ByteSource& source_;
  int file_;
  off_t written_ = 0;
  off_t started_ = 0;
};

// The content of a sparse file, which has holes where the tar has nothing, is put into the index, without the holes.
class SparseFiles {
 public:
  explicit SparseFiles(int index) : index_(index) {}

  Result<void> add(LayerNode& node, TarReader& reader) {
    UniqueFd whole = TRY(sys::memfd("sparse", 0));
    TRY(reader.copy_content(whole.get()));
    node.sparse = true;
    std::uint64_t piece = 1ULL << sparse_piece_bits(node.size);
    for (std::uint64_t at = 0; at < node.size; at += piece) {
      off_t data = ::lseek(whole.get(), static_cast<off_t>(at), SEEK_DATA);
      if (data < 0) break;  // the rest is one hole
      at = static_cast<std::uint64_t>(data) / piece * piece;
      TRY(copy_piece(whole.get(), at, std::min(piece, node.size - at)));
      node.pieces.push_back({at, last_});
    }
    return {};
  }

  std::uint64_t end() const { return end_; }

 private:
  Result<void> copy_piece(int from, std::uint64_t at, std::uint64_t size) {
    last_ = end_;
    std::string buffer(std::min<std::uint64_t>(size, 1 << 20), '\0');
    for (std::uint64_t done = 0; done < size;) {
      std::size_t want = std::min<std::uint64_t>(buffer.size(), size - done);
      std::size_t n = TRY(sys::read_at(from, std::span(buffer.data(), want), static_cast<off_t>(at + done)));
      if (n == 0) break;
      TRY(sys::write_at(index_, std::string_view(buffer.data(), n), static_cast<off_t>(end_ + done)));
      done += n;
    }
    end_ += (size + erofs::kBlock - 1) / erofs::kBlock * erofs::kBlock;
    return {};
  }

  int index_;
  std::uint64_t end_ = kErofsDataStart;
  std::uint64_t last_ = 0;
};

Result<void> add_entry(LayerTree& tree, const TarEntry& entry, TarReader& reader, SparseFiles& sparse) {
  LayerNode* node = TRY(tree.add(entry));
  if (node == nullptr || node->size == 0) return {};
  if (reader.is_sparse()) return sparse.add(*node, reader);
  node->content_at = static_cast<std::uint64_t>(reader.content_at());
  if (node->content_at % erofs::kBlock == 0) return {};
  return make_error(Kind::corrupt, "its content does not begin with a block");
}

}  // namespace

Result<Unpacked> index_layer(ByteSource& source, int tar, int index, std::int64_t limit) {
  Decompressor plain(source);
  LimitedSource limited(plain, limit);
  HashingSource hashed(limited);
  WritingSource written(hashed, tar);
  TarReader reader(written);
  LayerTree tree;
  SparseFiles sparse(index);
  Unpacked unpacked;
  for (;;) {
    std::optional<TarEntry> entry = TRY(reader.next());
    if (!entry) break;
    TRY_AS(fmt::format("tar entry '{}'", one_line(entry->path)), add_entry(tree, *entry, reader, sparse));
    ++unpacked.entries;
  }
  while (!TRY(written.next()).empty()) {
  }
  unpacked.diff_id = hashed.digest();
  unpacked.size = hashed.size();
  TRY(write_erofs(tree, static_cast<std::uint64_t>(unpacked.size), sparse.end(), index));
  return unpacked;
}

}  // namespace aictr::images
