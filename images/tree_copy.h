#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "images/copy.h"
#include "images/live_tree.h"

namespace aictr::images {

// What copies keep of their sources beside content, permissions, times, user.* attributes and ACLs.
struct TreeCopyOptions {
  std::optional<Owner> owner;  // unset: the source's own
  // Setuid and setgid bits, file capabilities and device nodes. Without, they are lost, and device nodes left out: what
  // a container has made is to give nobody on the host a right.
  bool keep_privileges = true;
};

struct TreeCopied {
  std::int64_t bytes = 0;  // of files' content, without holes
  int left_out = 0;        // device nodes
};

// Copies entries of one tree into another, either of which may be hostile (live_tree.h): nothing is written through a
// link, and only what was made here gets an owner and a mode.
class TreeCopier {
 public:
  // Hard links are kept among the copies below `top`, a directory that stays open.
  TreeCopier(int top, TreeCopyOptions options) : top_(top), options_(options) {}

  // Anything but a directory, in place of what is there; `path` is that of the copy below `top`. Kind::exists when a
  // directory is there.
  Result<void> copy(const LiveEntry& entry, int directory, const std::string& path);

  // Makes the directory or takes the one that is there. Kind::exists when something else is. Then, when everything is
  // in it, its owner, permissions and times.
  Result<UniqueFd> make_directory(int directory, const std::string& name);
  Result<void> finish_directory(const LiveEntry& entry, int copy);

  const TreeCopied& copied() const { return copied_; }

 private:
  Result<bool> link_to_first(const LiveEntry& entry, int directory, const std::string& path);
  Result<void> copy_file(const LiveEntry& entry, int directory, const std::string& name);
  Result<void> copy_link(const LiveEntry& entry, int directory, const std::string& name);
  Result<void> copy_node(const LiveEntry& entry, int directory, const std::string& name);
  Result<void> finish(const LiveEntry& entry, int from, int to);
  Owner owner_of(const LiveEntry& entry) const;
  mode_t mode_of(const LiveEntry& entry) const;

  int top_;
  TreeCopyOptions options_;
  TreeCopied copied_;
  std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
};

// Copies `source` and all that is in it to `name` in `directory`, which may be a directory that is there already: then
// both are merged, and the source's files win. With an empty name what a directory holds comes into `directory`, which
// stays as it is. `directory` is open for reading.
Result<TreeCopied> copy_tree(LiveEntry source, int directory, const std::string& name, const TreeCopyOptions& options);

}  // namespace aictr::images
