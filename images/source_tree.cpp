#include "images/source_tree.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "images/clean_path.h"
#include "images/path_pattern.h"

namespace aictr::images {
namespace {

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

Result<std::string> target_of_link(int root, const std::string& path) {
  UniqueFd link = TRY(sys::open(root, path, O_PATH | O_NOFOLLOW, 0, sys::Resolve::in_root));
  return sys::readlink(link.get(), "");
}

bool is_there(int root, const std::string& path) {
  return sys::open(root, path, O_PATH | O_NOFOLLOW, 0, sys::Resolve::in_root).ok();
}

// All paths that begin with a path of `found` and go on with a name that matches `component`.
Result<std::vector<std::string>> matching(int root, const std::vector<std::string>& found,
                                          const std::string& component) {
  PathPattern pattern = TRY(PathPattern::parse(component, PathPattern::Dialect::source));
  std::vector<std::string> all;
  for (const std::string& folder : found) {
    auto directory = sys::open(root, folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
    if (!directory.ok()) continue;  // a file, or nothing: nothing in it matches
    for (const std::string& name : TRY(list_directory(directory.value().get()))) {
      if (pattern.matches(name)) all.push_back(joined(folder, name));
    }
  }
  return all;
}

// The name in the folder that a user who wrote `name` may have meant.
std::string suggestion(int root, const std::string& path) {
  std::size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  auto directory = sys::open(root, folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, 0, sys::Resolve::in_root);
  if (!directory.ok()) return {};
  auto names = list_directory(directory.value().get());
  if (!names.ok()) return {};
  auto meant = nearest(base_name(path), names.value());
  return meant ? fmt::format("did you mean '{}'?", joined(folder, *meant)) : "";
}

}  // namespace

// Collects the entries of a folder, without what the rules leave out. A folder that is left out itself is kept when
// something in it is taken back.
struct SourceTree::Walk {
  const IgnoreRules& ignore;
  const IgnoreRules& excludes;
  const PathPattern* only;  // null: everything
  std::vector<SourceEntry>& entries;
  bool& complete;

  struct Place {
    std::string path;     // in the item
    std::string in_tree;  // in the tree: what ignore rules are about
    IgnoreRules::Matches ignored;
    IgnoreRules::Matches excluded;
    bool meant = true;  // it or a folder it is in matches `only`
  };

  Result<void> folder(int dir, const Place& place) {
    for (const std::string& name : TRY(list_directory(dir))) TRY(entry(dir, name, place));
    return {};
  }

  Result<void> entry(int dir, const std::string& name, const Place& parent) {
    Place place{joined(parent.path, name), joined(parent.in_tree, name), {}, {}, parent.meant};
    if (!place.meant) place.meant = only->matches(place.path);
    place.ignored = ignore.match(place.in_tree, parent.ignored);
    place.excluded = excludes.match(place.path, parent.excluded);
    bool dropped = ignore.excluding(place.ignored) != nullptr || excludes.excluding(place.excluded) != nullptr;
    bool left_out = dropped || !place.meant;
    complete = complete && !left_out;
    struct stat st = TRY(sys::stat(dir, name));
    if (!S_ISDIR(st.st_mode)) {
      if (!left_out) entries.push_back({std::move(place.path), st});
      return {};
    }
    if (dropped && !ignore.may_take_back_below(place.in_tree) && !excludes.may_take_back_below(place.path)) return {};
    if (!place.meant && !only->may_match_below(place.path)) return {};
    std::size_t before = entries.size();
    entries.push_back({place.path, st});
    UniqueFd child = TRY(sys::open(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(folder(child.get(), place));
    if (left_out && entries.size() == before + 1) entries.pop_back();
    return {};
  }
};

Result<UniqueFd> SourceItem::open(const SourceEntry& entry, int flags) const {
  if (entry.path.empty()) return sys::reopen(base.get(), flags);
  return sys::open(base.get(), entry.path, flags | O_NOFOLLOW, 0, sys::Resolve::no_symlinks);
}

SourceTree::SourceTree(std::string name, UniqueFd root, IgnoreRules ignore)
    : name_(std::move(name)), root_(std::move(root)), ignore_(std::move(ignore)) {}

Result<std::vector<SourceItem>> SourceTree::find(std::string_view source, const IgnoreRules& excludes) const {
  std::string path = path_below_root(source);
  bool wildcard = TRY(PathPattern::parse(path, PathPattern::Dialect::source)).has_wildcard();
  std::vector<SourceItem> items;
  for (const std::string& match : TRY(matches(path))) {
    auto found = item(match, excludes);
    bool missing = !found.ok() && (found.error().kind == Kind::not_found || found.error().code == ENOTDIR);
    if (missing && !wildcard) return not_found(source, path);
    if (!found.ok()) return std::move(found).error().context(fmt::format("'{}'", match));
    if (found.value()) items.push_back(std::move(*found.value()));
  }
  if (items.empty() && !wildcard) return not_found(source, path);
  return items;
}

Result<std::vector<SourceItem>> SourceTree::find_with_parents(std::string_view source,
                                                              const IgnoreRules& excludes) const {
  std::size_t pivot = source.find("/./");
  std::string folder = pivot == std::string_view::npos ? "" : path_below_root(source.substr(0, pivot));
  std::string rest = path_below_root(pivot == std::string_view::npos ? source : source.substr(pivot + 3));
  PathPattern only = TRY(PathPattern::parse(rest, PathPattern::Dialect::ignore));
  bool wildcard = only.has_wildcard() || TRY(PathPattern::parse(folder, PathPattern::Dialect::source)).has_wildcard();
  std::vector<SourceItem> items;
  for (const std::string& match : TRY(matches(folder))) {
    auto found = item(match, excludes, rest.empty() ? nullptr : &only);
    if (!found.ok() && found.error().kind != Kind::not_found) return std::move(found).error();
    if (found.ok() && found.value() && found.value()->is_directory()) items.push_back(std::move(*found.value()));
  }
  if (items.empty() && !wildcard) return not_found(source, joined(folder, rest));
  return items;
}

Result<SourceItem> SourceTree::file(const std::string& name) const {
  auto found = TRY(item(name, {}));
  if (found) return std::move(*found);
  return not_found(name, name);
}

// The paths that a source means: itself, or what its wildcards find, a component at a time.
Result<std::vector<std::string>> SourceTree::matches(const std::string& path) const {
  std::vector<std::string> found = {""};
  if (path.empty()) return found;
  bool wildcard = false;  // in the components before: they match what has the rest of the path
  for (const std::string& component : split(path, '/')) {
    PathPattern pattern = TRY(PathPattern::parse(component, PathPattern::Dialect::source));
    if (pattern.has_wildcard()) {
      found = TRY(matching(root_.get(), found, component));
    } else {
      for (std::string& each : found) each = joined(each, pattern.literal_prefix());
      if (wildcard) std::erase_if(found, [&](const std::string& each) { return !is_there(root_.get(), each); });
    }
    wildcard = wildcard || pattern.has_wildcard();
  }
  return found;
}

// Nothing when the rules leave it out.
Result<std::optional<SourceItem>> SourceTree::item(const std::string& path, const IgnoreRules& excludes,
                                                   const PathPattern* only) const {
  std::optional<SourceItem> nothing;
  SourceItem item;
  item.name = base_name(path);
  item.base = TRY(sys::open(root_.get(), path.empty() ? "." : path, O_PATH, 0, sys::Resolve::in_root));
  struct stat st = TRY(sys::stat(item.base.get()));
  std::string in_tree;
  if (!ignore_.empty()) in_tree = TRY(real_path(item.base.get()));
  IgnoreRules::Matches ignored;
  for (std::size_t end = 0; !in_tree.empty() && end != std::string::npos;) {
    end = in_tree.find('/', end == 0 ? 0 : end + 1);
    ignored = ignore_.match(in_tree.substr(0, end), ignored);
  }
  bool left_out = ignore_.excluding(ignored) != nullptr;
  item.entries.push_back({"", st});
  if (!S_ISDIR(st.st_mode)) {
    if (left_out || excludes.excluding(item.name) != nullptr) return nothing;
    return std::optional(std::move(item));
  }
  UniqueFd directory = TRY(sys::reopen(item.base.get(), O_RDONLY | O_DIRECTORY));
  Walk walk{ignore_, excludes, only, item.entries, item.complete};
  TRY(walk.folder(directory.get(), {"", in_tree, ignored, {}, only == nullptr}));
  if ((left_out || only != nullptr) && item.entries.size() == 1) return nothing;
  return std::optional(std::move(item));
}

// Where a descriptor really is in this tree, once links have been followed: that is what ignore rules are about.
Result<std::string> SourceTree::real_path(int fd) const {
  std::string root = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", root_.get())));
  std::string path = TRY(sys::readlink(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd)));
  if (root == "/") return path.substr(1);
  return path.size() > root.size() ? path.substr(root.size() + 1) : "";
}

Error SourceTree::not_found(std::string_view source, const std::string& path) const {
  std::string message = fmt::format("'{}' is not in {}", source, name_);
  auto there = sys::open(root_.get(), path.empty() ? "." : path, O_PATH, 0, sys::Resolve::in_root);
  if (there.ok()) {
    auto real = real_path(there.value().get());
    const auto* rule = ignore_.excluding(real.ok() ? real.value() : path);
    if (rule != nullptr) {
      return make_error(Kind::not_found,
                        fmt::format("{}: '{}' in {}:{} leaves it out", message, rule->text, ignore_.name(), rule->line),
                        fmt::format("add '!{}' at the end of {}", path, ignore_.name()));
    }
  }
  auto target = target_of_link(root_.get(), path);
  if (target.ok()) {
    return make_error(Kind::not_found,
                      fmt::format("'{}' is a link to '{}', which is not in {}", source, target.value(), name_));
  }
  return make_error(Kind::not_found, message, suggestion(root_.get(), path));
}

}  // namespace aictr::images
