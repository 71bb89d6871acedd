#include "images/upper_changes.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/live_tree.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// Nothing for what is not there (any more).
Result<std::optional<struct stat>> look(int dir, const std::string& name) {
  if (dir < 0) return std::optional<struct stat>();
  auto st = sys::stat(dir, name);
  if (st.ok()) return std::optional(st.value());
  if (st.error().code == ENOENT) return std::optional<struct stat>();
  return std::move(st).error();
}

bool differ(const struct stat& a, const struct stat& b) {
  if (a.st_mode != b.st_mode || a.st_uid != b.st_uid || a.st_gid != b.st_gid) return true;
  if (S_ISDIR(a.st_mode)) return false;
  return a.st_rdev != b.st_rdev || a.st_size != b.st_size || a.st_mtim.tv_sec != b.st_mtim.tv_sec ||
         a.st_mtim.tv_nsec != b.st_mtim.tv_nsec;
}

bool is_opaque(int directory) {
  auto value = sys::get_xattr(directory, overlay_xattr("opaque"));
  return value.ok() && value.value() == "y";
}

std::string capability_of(int dir, const std::string& name) {
  auto entry = look_at(dir, name);
  if (!entry.ok() || !S_ISREG(entry.value().st.st_mode)) return {};
  auto file = sys::reopen(entry.value().fd.get(), kReadLive);
  if (!file.ok()) return {};
  return sys::get_xattr(file.value().get(), "security.capability").value_or({});
}

class Comparison {
 public:
  explicit Comparison(const std::set<std::string>& stubs) : stubs_(stubs) {}

  // `lower` is -1 where there is no such directory.
  Result<void> compare(int upper, int lower, const std::string& prefix, int depth) {
    if (depth > kDeepestTree) return too_deep(prefix);
    std::set<std::string> names;
    for (DirectoryEntry& entry : TRY(list_entries(upper))) names.insert(std::move(entry.name));
    std::set<std::string> hidden;
    if (lower >= 0 && is_opaque(upper)) {
      for (DirectoryEntry& entry : TRY(list_entries(lower))) hidden.insert(std::move(entry.name));
    }
    std::set<std::string> all = names;
    all.insert(hidden.begin(), hidden.end());
    for (const std::string& name : all) {
      if (names.contains(name)) {
        TRY(compare_entry(upper, lower, prefix, name, depth));
      } else {
        add(ChangeKind::deleted, prefix + name);
      }
    }
    return {};
  }

  std::vector<Change> take() { return std::move(changes_); }

 private:
  Result<void> compare_entry(int upper, int lower, const std::string& prefix, const std::string& name, int depth) {
    auto now = TRY(look(upper, name));
    if (!now) return {};
    auto before = TRY(look(lower, name));
    std::string path = prefix + name;
    if (is_whiteout(*now)) {
      if (before) add(ChangeKind::deleted, path);
      return {};
    }
    if (S_ISDIR(now->st_mode)) return compare_directory(upper, lower, path, name, *now, before, depth);
    bool stub = S_ISREG(now->st_mode) && now->st_size == 0 && stubs_.contains(path);
    if (!before && !stub) add(ChangeKind::added, path);
    if (before && is_changed(upper, lower, name, *now, *before)) add(ChangeKind::changed, path);
    return {};
  }

  bool is_changed(int upper, int lower, const std::string& name, const struct stat& now, const struct stat& before) {
    if (differ(now, before)) return true;
    return S_ISREG(now.st_mode) && capability_of(upper, name) != capability_of(lower, name);
  }

  Result<void> compare_directory(int upper, int lower, const std::string& path, const std::string& name,
                                 const struct stat& now, const std::optional<struct stat>& before, int depth) {
    auto opened = sys::open(upper, name, kOpenDirectory);
    if (!opened.ok() && opened.error().code == ENOENT) return {};
    UniqueFd directory = TRY(std::move(opened));
    UniqueFd below;
    if (before && S_ISDIR(before->st_mode)) below = TRY(sys::open(lower, name, kOpenDirectory));
    std::size_t place = changes_.size();
    add(before ? ChangeKind::changed : ChangeKind::added, path);
    TRY(compare(directory.get(), below ? below.get() : -1, path + "/", depth + 1));
    bool empty = changes_.size() == place + 1;
    bool nothing = before ? !differ(now, *before) : stubs_.contains(path);
    if (empty && nothing) changes_.pop_back();
    return {};
  }

  void add(ChangeKind kind, std::string path) { changes_.push_back({kind, std::move(path)}); }

  const std::set<std::string>& stubs_;
  std::vector<Change> changes_;
};

}  // namespace

Result<std::vector<Change>> list_changes(int upper, int lower, const std::set<std::string>& stubs) {
  Comparison comparison(stubs);
  TRY(comparison.compare(upper, lower, "", 0));
  return comparison.take();
}

}  // namespace aictr::images
