#pragma once

// Files as wholes: read one, replace one, make or remove a tree. `dir` is a directory descriptor or AT_FDCWD.

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr {

Result<std::string> read_file(int dir, const std::string& path, std::size_t limit = 64U << 20);

// Replaces the file in one step: readers see the old or the new content, also after a crash when `durable`.
enum class Durability { durable, until_reboot };
Result<void> write_file(int dir, const std::string& path, std::string_view data, mode_t mode,
                        Durability durability = Durability::durable);

// Removes what a write_file() that was killed has left in a directory. The caller knows that nobody writes there.
Result<void> remove_unfinished_files(int dir, const std::string& path);

// Writes to a file that exists, such as one of /proc or of a cgroup, in a single write(2).
Result<void> write_existing(int dir, const std::string& path, std::string_view data);

// Makes the directory and its missing parents; what exists stays as it is. Follows symbolic links: for paths of ours
// only.
Result<void> make_directories(int dir, const std::string& path, mode_t mode);
Result<UniqueFd> open_directory(int dir, const std::string& path);
Result<void> sync_directory(int dir, const std::string& path);  // the names in it are on the disk, whatever happens
Result<UniqueFd> make_and_open_directory(int dir, const std::string& path, mode_t mode);

// Removes what `path` names and everything below, never leaving it through a link, never crossing into a mount.
// What is not there is no error, nor is what somebody else removes at the same time.
Result<void> remove_tree(int dir, const std::string& path);

// The result of a removal; that there was nothing to remove is no error.
Result<void> unless_gone(Result<void> result);

// The names in a directory, sorted bytewise, without "." and "..".
Result<std::vector<std::string>> list_directory(int dir, const std::string& path = ".");

// The same for an open directory, with each entry's type (DT_REG, …; DT_UNKNOWN where the file system does not say).
struct DirectoryEntry {
  std::string name;
  unsigned char type;
};
Result<std::vector<DirectoryEntry>> list_entries(int dir);

}  // namespace aictr
