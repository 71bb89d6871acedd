#include "images/tar_reader.h"

#include <archive_entry.h>
#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "images/archive_input.h"

namespace aictr::images {
namespace {

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

// A name as the bytes the archive has. libarchive turns the UTF-8 of a pax header into the locale's encoding where it
// can, and hands out the raw bytes where it cannot.
std::string name_of(const char* raw, const char* utf8) {
  return text_of(raw != nullptr ? raw : utf8);
}

std::optional<TarType> type_of(archive_entry* entry) {
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return TarType::file;
    case AE_IFDIR:
      return TarType::directory;
    case AE_IFLNK:
      return TarType::symbolic_link;
    case AE_IFCHR:
      return TarType::character_device;
    case AE_IFBLK:
      return TarType::block_device;
    case AE_IFIFO:
      return TarType::fifo;
    default:
      return std::nullopt;
  }
}

std::map<std::string, std::string> xattrs_of(archive_entry* entry) {
  std::map<std::string, std::string> xattrs;
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    xattrs[name] = std::string(static_cast<const char*>(value), size);
  }
  return xattrs;
}

Result<TarEntry> convert(archive_entry* from) {
  TarEntry entry;
  entry.path = name_of(archive_entry_pathname(from), archive_entry_pathname_utf8(from));
  if (entry.path.empty()) return make_error(Kind::corrupt, "tar: an entry has no name");
  std::string hard_link = name_of(archive_entry_hardlink(from), archive_entry_hardlink_utf8(from));
  auto type = hard_link.empty() ? type_of(from) : TarType::hard_link;
  if (!type) return make_error(Kind::corrupt, fmt::format("tar: '{}' is of no known type", one_line(entry.path)));
  entry.type = *type;
  entry.link = hard_link.empty() ? name_of(archive_entry_symlink(from), archive_entry_symlink_utf8(from)) : hard_link;
  entry.mode = archive_entry_perm(from) & 07777;
  entry.uid = static_cast<uid_t>(archive_entry_uid(from));
  entry.gid = static_cast<gid_t>(archive_entry_gid(from));
  entry.size = entry.type == TarType::file ? archive_entry_size(from) : 0;
  entry.mtime = archive_entry_mtime(from);
  entry.device = archive_entry_rdev(from);
  entry.xattrs = xattrs_of(from);
  return entry;
}

}  // namespace

struct TarReader::State {
  explicit State(ByteSource& source) : input(source) {}
  ArchiveInput input;
  bool opened = false;
  std::int64_t content_size = 0;
  bool sparse = false;

  Result<void> open();
};

Result<void> TarReader::State::open() {
  archive_read_support_filter_none(input.get());
  archive_read_support_format_tar(input.get());
  archive_read_support_format_empty(input.get());
  TRY(input.open());
  opened = true;
  return {};
}

TarReader::TarReader(ByteSource& source) : state_(std::make_unique<State>(source)) {}
TarReader::~TarReader() = default;

Result<std::optional<TarEntry>> TarReader::next() {
  if (!state_->opened) TRY(state_->open());
  archive_entry* from = nullptr;
  int result = archive_read_next_header(state_->input.get(), &from);
  if (result == ARCHIVE_EOF) return std::optional<TarEntry>();
  if (result < ARCHIVE_WARN) return state_->input.error("tar");
  TarEntry entry = TRY(convert(from));
  state_->content_size = entry.size;
  state_->sparse = archive_entry_sparse_reset(from) > 0;
  return std::optional<TarEntry>(std::move(entry));
}

std::int64_t TarReader::content_at() const {
  return archive_filter_bytes(state_->input.get(), 0);
}

bool TarReader::is_sparse() const {
  return state_->sparse;
}

Result<void> TarReader::copy_content(int fd) {
  std::int64_t end = 0;
  for (;;) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    int result = archive_read_data_block(state_->input.get(), &data, &size, &offset);
    if (result == ARCHIVE_EOF) break;
    if (result < ARCHIVE_WARN) return state_->input.error("tar");
    TRY(sys::write_at(fd, std::string_view(static_cast<const char*>(data), size), offset));
    end = offset + static_cast<std::int64_t>(size);
  }
  if (end < state_->content_size) TRY(sys::truncate(fd, state_->content_size));
  return {};
}

}  // namespace aictr::images
