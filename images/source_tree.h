#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/ignore.h"

namespace aictr::images {

// One file, folder or link of what a COPY takes. `path` is relative to the item it was found in, empty for that itself;
// folders come before what they hold.
struct SourceEntry {
  std::string path;
  struct stat st {};
};

// What one source of a COPY means, or one match of its wildcard: a file, or a folder with all that is in it.
struct SourceItem {
  std::string name;  // the last component, before links were followed
  UniqueFd base;     // opened with O_PATH
  std::vector<SourceEntry> entries;
  bool complete = true;  // no rule has left anything of a folder out
  bool unpack = false;   // an archive comes as what is in it

  bool is_directory() const { return S_ISDIR(entries.front().st.st_mode); }
  // Opens an entry; never follows a link, also not one that has just taken a folder's place.
  Result<UniqueFd> open(const SourceEntry& entry, int flags) const;
};

// Where a COPY takes from: the build context, or the root file system of an earlier stage.
class SourceTree {
 public:
  // `name` is what messages call it: "the build context".
  SourceTree(std::string name, UniqueFd root, IgnoreRules ignore = {});

  // The items of a source as it stands in the Dockerfile: relative to the tree's root, also with a leading '/' or "..".
  // Links in the source itself are followed inside of the tree, links inside of a folder are kept. Empty for a wildcard
  // that matches nothing; Kind::not_found for a plain source that is not there or that the ignore rules leave out.
  Result<std::vector<SourceItem>> find(std::string_view source, const IgnoreRules& excludes) const;
  // The same for --parents: folders, each with what of it the part of the source behind "/./" means, in the folders
  // that it is in. Without that part it is all of the source, in the tree's root. "**" is any number of folders.
  Result<std::vector<SourceItem>> find_with_parents(std::string_view source, const IgnoreRules& excludes) const;
  // The one of this name, in which no character is special.
  Result<SourceItem> file(const std::string& name) const;

 private:
  struct Walk;

  Result<std::vector<std::string>> matches(const std::string& path) const;
  // With `only`, what of a folder matches it.
  Result<std::optional<SourceItem>> item(const std::string& path, const IgnoreRules& excludes,
                                         const PathPattern* only = nullptr) const;
  Result<std::string> real_path(int fd) const;
  Error not_found(std::string_view source, const std::string& path) const;

  std::string name_;
  UniqueFd root_;
  IgnoreRules ignore_;
};

}  // namespace aictr::images
