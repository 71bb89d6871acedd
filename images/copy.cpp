#include "images/copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <map>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/sys.h"
#include "images/clean_path.h"
#include "images/copy_entry.h"

namespace aictr::images {
namespace {

std::string folder_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Goes through the entries of a folder, which come with parents first, and keeps the folders open that it is in.
class FolderCopy {
 public:
  FolderCopy(const SourceItem& item, int top, const CopyOptions& options) : item_(item), top_(top), options_(options) {}

  Result<void> run() {
    for (std::size_t i = 1; i < item_.entries.size(); ++i) {
      const SourceEntry& entry = item_.entries[i];
      TRY_AS(fmt::format("'{}'", entry.path), add(entry));
    }
    return leave_until("");
  }

 private:
  struct OpenFolder {
    const SourceEntry* entry;
    UniqueFd fd;
  };

  int current() const { return folders_.empty() ? top_ : folders_.back().fd.get(); }

  Result<void> add(const SourceEntry& entry) {
    TRY(leave_until(folder_of(entry.path)));
    std::string name = base_name(entry.path);
    if (S_ISDIR(entry.st.st_mode)) {
      folders_.push_back({&entry, TRY(copy_folder_entry(current(), name))});
      return {};
    }
    if (entry.st.st_nlink > 1) {
      auto [first, is_new] = links_.try_emplace({entry.st.st_dev, entry.st.st_ino}, &entry);
      if (!is_new) return link(*first->second, name);
    }
    return copy_entry(item_, entry, current(), name, options_);
  }

  // Another name of a file that has been copied already.
  Result<void> link(const SourceEntry& first, const std::string& name) {
    auto linked = sys::link(top_, first.path, current(), name);
    if (linked.ok() || linked.error().code != EEXIST) return linked;
    struct stat st = TRY(sys::stat(current(), name));
    if (S_ISDIR(st.st_mode)) return make_error(Kind::exists, fmt::format("'{}' is a directory there", name));
    TRY(sys::unlink(current(), name));
    return sys::link(top_, first.path, current(), name);
  }

  // A folder gets its attributes when nothing comes into it any more.
  Result<void> leave_until(const std::string& path) {
    while (!folders_.empty() && folders_.back().entry->path != path) {
      TRY(finish_folder(item_, *folders_.back().entry, folders_.back().fd.get(), options_));
      folders_.pop_back();
    }
    return {};
  }

  const SourceItem& item_;
  int top_;
  const CopyOptions& options_;
  std::vector<OpenFolder> folders_;
  std::map<std::pair<dev_t, ino_t>, const SourceEntry*> links_;
};

}  // namespace

Copier::Copier(int root, CopyOptions options) : root_(root), options_(std::move(options)) {
  Owner owner = options_.owner.value_or(Owner{});
  missing_ = {0755, owner.uid, owner.gid};
  // Folders that --chmod makes on the way get no setuid, setgid or sticky bit, as with BuildKit.
  if (options_.mode && options_.mode->is_absolute()) missing_.mode = options_.mode->apply(0, true) & 0777;
}

Result<void> Copier::copy(const SourceItem& item, const CopyDestination& destination) {
  if (item.is_directory()) return copy_folder(item, destination.path);
  return copy_file(item, destination);
}

Result<void> Copier::copy_folder(const SourceItem& item, const std::string& path) {
  UniqueFd top = TRY(open_in_root(root_, path, missing_));
  TRY(FolderCopy(item, top.get(), options_).run());
  // The destination itself keeps its owner and mode; its time is the folder's, so that the layer does not depend on
  // when it was made.
  const struct stat& st = item.entries.front().st;
  return sys::set_times(top.get(), "", st.st_atim, st.st_mtim, AT_EMPTY_PATH);
}

Result<void> Copier::copy_file(const SourceItem& item, const CopyDestination& destination) {
  DirectoryPlace place = TRY(place_of_file(item.name, destination));
  return copy_entry(item, item.entries.front(), place.directory.get(), place.name, options_);
}

Result<void> Copier::write(const std::string& name, std::string_view content, const CopyDestination& destination) {
  DirectoryPlace place = TRY(place_of_file(name, destination));
  UniqueFd file = TRY(create_file(place.directory.get(), place.name));
  TRY(sys::write_all(file.get(), content));
  mode_t mode = options_.mode ? options_.mode->apply(0644, false) : 0644;
  return set_owner_and_mode(file.get(), options_.owner.value_or(Owner{}), mode);
}

Result<DirectoryPlace> Copier::place_of_file(const std::string& name, const CopyDestination& destination) {
  if (destination.into_directory) return DirectoryPlace{TRY(open_in_root(root_, destination.path, missing_)), name};
  auto there = sys::open(root_, destination.path, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (there.ok()) return DirectoryPlace{std::move(there).value(), name};
  if (destination.several) {
    return make_error(Kind::usage,
                      fmt::format("'{}' is not a directory, and several files come there", destination.path),
                      fmt::format("write '{}/'", destination.path));
  }
  return place_in_root(root_, destination.path, missing_);
}

}  // namespace aictr::images
