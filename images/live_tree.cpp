#include "images/live_tree.h"

#include <dirent.h>
#include <linux/magic.h>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"

namespace aictr::images {
namespace {

bool shows_kernel_state(int fd) {
  constexpr std::array<std::int64_t, 8> kMagics = {PROC_SUPER_MAGIC,    SYSFS_MAGIC,   CGROUP_SUPER_MAGIC,
                                                   CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
                                                   SECURITYFS_MAGIC,    BPF_FS_MAGIC};
  auto magic = sys::file_system_magic(fd);
  return magic.ok() && std::ranges::find(kMagics, magic.value()) != kMagics.end();
}

bool is_gone(const Error& error) {
  return error.code == ENOENT || error.code == ESTALE;
}

std::string quoted(const LiveEntry& entry) {
  return fmt::format("'{}'", entry.path.empty() ? "." : entry.path);
}

class Walk {
 public:
  explicit Walk(LiveVisitor& visitor) : visitor_(visitor) {}

  Result<void> directory(LiveEntry entry, int depth) {
    if (depth > kDeepestTree) return too_deep(entry.path);
    TRY(enter(entry));
    TRY(children(entry, depth));
    TRY_AS(quoted(entry), visitor_.leave(entry));
    return {};
  }

 private:
  Result<void> enter(LiveEntry& entry) {
    entry.fd = TRY_AS(quoted(entry), sys::reopen(entry.fd.get(), O_RDONLY | O_DIRECTORY));
    TRY_AS(quoted(entry), visitor_.enter(entry));
    return {};
  }

  Result<void> children(const LiveEntry& parent, int depth) {
    auto names = TRY_AS(quoted(parent), list_entries(parent.fd.get()));
    for (const DirectoryEntry& child : names) {
      auto found = look_at(parent.fd.get(), child.name);
      if (!found.ok() && is_gone(found.error())) continue;
      LiveEntry entry = TRY_AS(quoted(parent), std::move(found));
      entry.path = parent.path.empty() ? child.name : parent.path + "/" + child.name;
      TRY(one(std::move(entry), parent, depth));
    }
    return {};
  }

  Result<void> one(LiveEntry entry, const LiveEntry& parent, int depth) {
    if (S_ISSOCK(entry.st.st_mode)) return {};
    if (!S_ISDIR(entry.st.st_mode)) {
      TRY_AS(quoted(entry), visitor_.visit(entry));
      return {};
    }
    if (entry.st.st_dev == parent.st.st_dev || !shows_kernel_state(entry.fd.get())) {
      return directory(std::move(entry), depth + 1);
    }
    TRY(enter(entry));
    TRY_AS(quoted(entry), visitor_.leave(entry));
    return {};
  }

  LiveVisitor& visitor_;
};

}  // namespace

Error too_deep(const std::string& path) {
  return make_error(Kind::unsupported,
                    fmt::format("'{}…': directories are nested more than {} deep", path.substr(0, 40), kDeepestTree));
}

Result<LiveEntry> look_at(int dir, const std::string& name) {
  LiveEntry entry;
  entry.fd = TRY(sys::open(dir, name, O_PATH | O_NOFOLLOW));
  entry.st = TRY(sys::stat(entry.fd.get()));
  return entry;
}

Result<void> walk_live_tree(LiveEntry top, LiveVisitor& visitor) {
  if (S_ISDIR(top.st.st_mode)) return Walk(visitor).directory(std::move(top), 0);
  if (!S_ISSOCK(top.st.st_mode)) return visitor.visit(top);
  return make_error(Kind::unsupported, "it is a socket, which cannot be copied");
}

}  // namespace aictr::images
