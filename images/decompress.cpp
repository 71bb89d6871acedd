#include "images/decompress.h"

#include <utility>

#include <archive_entry.h>

#include "images/archive_input.h"
#include "images/gzip_source.h"
#include "images/zstd_source.h"

namespace aictr::images {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

// A source whose first bytes have been looked at.
class Reread final : public ByteSource {
 public:
  Reread(std::string first, ByteSource& rest) : first_(std::move(first)), rest_(rest) {}
  Result<std::string_view> next() override {
    if (std::exchange(started_, true)) return rest_.next();
    return std::string_view(first_);
  }

 private:
  std::string first_;
  ByteSource& rest_;
  bool started_ = false;
};

// Whatever libarchive can decompress, and plain bytes. Its gzip is left out: it does not look at
// checksums. Its zstd is for streams that begin with a frame to be skipped.
class ArchiveSource final : public ByteSource {
 public:
  explicit ArchiveSource(ByteSource& source) : input_(source) {}

  Result<std::string_view> next() override {
    if (!std::exchange(opened_, true)) TRY(open());
    while (!ended_) {
      const void* data = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      int result = archive_read_data_block(input_.get(), &data, &size, &offset);
      if (result == ARCHIVE_EOF) break;
      if (result < ARCHIVE_WARN) return input_.error("decompress");
      if (size > 0) return std::string_view(static_cast<const char*>(data), size);
    }
    ended_ = true;
    return std::string_view();
  }

 private:
  // Not archive_read_support_filter_all(): some filters of it run programs.
  Result<void> open() {
    archive* a = input_.get();
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
    TRY(input_.open());
    archive_entry* entry = nullptr;
    int result = archive_read_next_header(a, &entry);
    if (result == ARCHIVE_EOF) ended_ = true;  // no bytes at all
    if (result < ARCHIVE_WARN) return input_.error("decompress");
    return {};
  }

  ArchiveInput input_;
  bool opened_ = false;
  bool ended_ = false;
};

}  // namespace

struct Decompressor::State {
  explicit State(ByteSource& from) : source(from) {}

  Result<void> choose();

  ByteSource& source;
  std::unique_ptr<ByteSource> whole;  // the source from its start
  std::unique_ptr<ByteSource> plain;
};

Result<void> Decompressor::State::choose() {
  std::string first;
  while (first.size() < kZstdMagic.size()) {
    std::string_view more = TRY(source.next());
    if (more.empty()) break;
    first += more;
  }
  bool gzip = first.starts_with(kGzipMagic);
  bool zstd = first.starts_with(kZstdMagic);
  whole = std::make_unique<Reread>(std::move(first), source);
  if (gzip) {
    plain = std::make_unique<GzipSource>(*whole);
  } else if (zstd) {
    plain = std::make_unique<ZstdSource>(*whole);
  } else {
    plain = std::make_unique<ArchiveSource>(*whole);
  }
  return {};
}

Decompressor::Decompressor(ByteSource& source) : state_(std::make_unique<State>(source)) {}
Decompressor::~Decompressor() = default;

Result<std::string_view> Decompressor::next() {
  if (!state_->plain) TRY(state_->choose());
  return state_->plain->next();
}

}  // namespace aictr::images
