#include "images/tar_output.h"

#include <algorithm>
#include <utility>

#include "base/sys.h"
#include "images/tar_header.h"

namespace aictr::images {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;

TarType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return TarType::directory;
    case S_IFLNK:
      return TarType::symbolic_link;
    case S_IFCHR:
      return TarType::character_device;
    case S_IFBLK:
      return TarType::block_device;
    case S_IFIFO:
      return TarType::fifo;
    default:
      return TarType::file;
  }
}

}  // namespace

TarOutput::TarOutput(const TarSink& sink) : sink_(sink), buffer_(std::make_unique<char[]>(kBufferSize)) {}

Result<void> TarOutput::write(std::string_view data) {
  while (!data.empty()) {
    std::span<char> room = TRY(make_room());
    std::size_t n = data.copy(room.data(), room.size());
    used_ += n;
    data.remove_prefix(n);
  }
  return {};
}

Result<void> TarOutput::copy(int fd, std::int64_t length, Short when_short) {
  for (std::int64_t left = length; left > 0;) {
    std::span<char> room = TRY(make_room());
    if (static_cast<std::int64_t>(room.size()) > left) room = room.first(static_cast<std::size_t>(left));
    std::size_t n = TRY(sys::read(fd, room));
    if (n == 0 && when_short == Short::is_error) return make_error(Kind::busy, "it became shorter while it was read");
    if (n == 0) {
      std::ranges::fill(room, '\0');
      n = room.size();
    }
    used_ += n;
    left -= static_cast<std::int64_t>(n);
  }
  return {};
}

Result<void> TarOutput::pad(std::int64_t written) {
  auto used_of_block = static_cast<std::size_t>(written % static_cast<std::int64_t>(kTarBlock));
  if (used_of_block == 0) return {};
  return write(std::string(kTarBlock - used_of_block, '\0'));
}

Result<void> TarOutput::finish() {
  TRY(write(std::string(2 * kTarBlock, '\0')));
  return flush();
}

Result<std::span<char>> TarOutput::make_room() {
  if (used_ == kBufferSize) TRY(flush());
  return std::span(buffer_.get() + used_, kBufferSize - used_);
}

Result<void> TarOutput::flush() {
  std::size_t n = std::exchange(used_, 0);
  return sink_(std::string_view(buffer_.get(), n));
}

TarEntry tar_entry_of(std::string path, const struct stat& st) {
  TarEntry entry;
  entry.path = std::move(path);
  entry.type = type_of(st.st_mode);
  entry.mode = st.st_mode & 07777;
  entry.uid = st.st_uid;
  entry.gid = st.st_gid;
  entry.mtime = st.st_mtim.tv_sec;
  if (S_ISREG(st.st_mode)) entry.size = st.st_size;
  if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) entry.device = st.st_rdev;
  return entry;
}

}  // namespace aictr::images
