#include "cli/volume_fill.h"

#include <fcntl.h>

#include <optional>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "runtime/copy_up.h"

namespace aictr::cli {
namespace {

// Beside the data: what is being copied, and what has been copied whole and is on its way into the volume.
constexpr const char* kCopying = "copying";
constexpr const char* kCopied = "copied";
constexpr const char* kLock = "lock";
constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE

Result<std::optional<UniqueFd>> open_in_image(int rootfs, const std::string& path) {
  auto fd = sys::open(rootfs, path, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (fd.ok()) return std::optional(std::move(fd).value());
  if (fd.error().code == ENOENT || fd.error().code == ENOTDIR || fd.error().code == ELOOP)
    return std::optional<UniqueFd>();
  return std::move(fd).error();
}

Result<void> copy_aside(int from, int directory) {
  TRY(remove_tree(directory, kCopying));
  TRY(sys::mkdir(directory, kCopying, 0700));
  UniqueFd to = TRY(open_directory(directory, kCopying));
  TRY(runtime::copy_up(from, to.get()));
  TRY(runtime::copy_attributes(from, to.get()));
  return sys::rename(directory, kCopying, directory, kCopied);
}

// The data directory itself stays: containers may have it mounted.
Result<void> move_in(int directory, int data) {
  UniqueFd copied = TRY(open_directory(directory, kCopied));
  for (const std::string& name : TRY(list_directory(copied.get()))) {
    auto moved = sys::rename(copied.get(), name, data, name, kNoReplace);
    if (!moved.ok() && moved.error().kind != Kind::exists) return moved;  // written by a container meanwhile: it wins
  }
  TRY(runtime::copy_attributes(copied.get(), data));
  return remove_tree(directory, kCopied);
}

Result<void> fill(int directory, int data, int rootfs, const std::string& path) {
  if (!sys::exists(directory, kCopied)) {
    if (!TRY(list_directory(data)).empty()) return {};
    auto from = TRY(open_in_image(rootfs, path));
    if (!from) return {};
    TRY(copy_aside(from->get(), directory));
  }
  return move_in(directory, data);
}

}  // namespace

Result<void> fill_volume(const Volumes& volumes, const Volume& volume, int rootfs, const std::string& path) {
  std::string what = fmt::format("fill volume '{}' from the image", volume.name);
  UniqueFd directory = TRY_AS(what, open_directory(AT_FDCWD, volumes.directory(volume)));
  UniqueFd data = TRY_AS(what, open_directory(AT_FDCWD, volumes.data(volume)));
  FileLock lock = TRY_AS(what, FileLock::acquire(directory.get(), kLock, FileLock::Mode::exclusive));
  TRY_AS(what, fill(directory.get(), data.get(), rootfs, path));
  return {};
}

}  // namespace aictr::cli
