#include "images/commit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "images/clean_path.h"
#include "images/tree_copy.h"
#include "images/upper_directory.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

// The directory that a changed path is in; no link is followed on the way.
Result<UniqueFd> open_parent(int root, const std::string& path) {
  std::size_t slash = path.rfind('/');
  std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
  return sys::open(root, parent, kOpenDirectory, 0, sys::Resolve::no_symlinks);
}

// Brings changes from the upper directory of a container into that of a layer.
class ChangeCopy {
 public:
  ChangeCopy(int from, int to) : from_(from), to_(to), copier_(to, {}) {}

  Result<void> add(const Change& change) {
    UniqueFd from = TRY(open_parent(from_, change.path));
    UniqueFd to = TRY(open_parent(to_, change.path));
    std::string name = base_name(change.path);
    auto found = look_at(from.get(), name);
    // Deleted along with everything else of an opaque directory.
    if (!found.ok() && found.error().code == ENOENT && change.kind == ChangeKind::deleted) return {};
    LiveEntry entry = TRY(std::move(found));
    if (change.kind == ChangeKind::deleted) return sys::mknod(to.get(), name, S_IFCHR, 0);
    if (!S_ISDIR(entry.st.st_mode))
      return S_ISSOCK(entry.st.st_mode) ? Result<void>() : copier_.copy(entry, to.get(), change.path);
    UniqueFd made = TRY(copier_.make_directory(to.get(), name));
    UniqueFd source = TRY(sys::reopen(entry.fd.get(), O_RDONLY | O_DIRECTORY));
    std::string opaque = overlay_xattr("opaque");
    auto value = sys::get_xattr(source.get(), opaque);
    if (value.ok()) TRY(sys::set_xattr(made.get(), opaque, value.value()));
    directories_.push_back(change.path);
    return {};
  }

  // What changes when something comes into a directory, and so is done at the end.
  Result<void> finish() {
    for (auto path = directories_.rbegin(); path != directories_.rend(); ++path) {
      LiveEntry source;
      source.fd = TRY(sys::open(from_, *path, kOpenDirectory, 0, sys::Resolve::no_symlinks));
      source.st = TRY(sys::stat(source.fd.get()));
      UniqueFd copy = TRY(sys::open(to_, *path, kOpenDirectory, 0, sys::Resolve::no_symlinks));
      TRY(copier_.finish_directory(source, copy.get()));
    }
    return {};
  }

 private:
  int from_;
  int to_;
  TreeCopier copier_;
  std::vector<std::string> directories_;
};

// The root directory is the upper one itself. True when it differs from the one below.
Result<bool> copy_root(int upper, int lower, int to) {
  struct stat now = TRY(sys::stat(upper));
  struct stat before = TRY(sys::stat(lower));
  TRY(sys::chown(to, "", now.st_uid, now.st_gid, AT_EMPTY_PATH));
  TRY(sys::chmod(to, now.st_mode & 07777));
  return now.st_mode != before.st_mode || now.st_uid != before.st_uid || now.st_gid != before.st_gid;
}

}  // namespace

Result<std::optional<Layer>> save_changes(const Store& store, int upper, int lower, std::span<const Change> changes,
                                          std::optional<std::int64_t> epoch) {
  LayerDraft draft = TRY(LayerDraft::create(store));
  UniqueFd tree = TRY(open_directory(AT_FDCWD, draft.upper()));
  bool other_root = TRY(copy_root(upper, lower, tree.get()));
  if (changes.empty() && !other_root) return std::optional<Layer>();
  ChangeCopy copy(upper, tree.get());
  for (const Change& change : changes) TRY_AS(fmt::format("'{}'", change.path), copy.add(change));
  TRY(copy.finish());
  if (epoch) TRY(clamp_times(tree.get(), *epoch));
  tree.reset();
  Layer layer = TRY(std::move(draft).commit());
  return std::optional<Layer>(layer);
}

Result<Image> commit_image(Store& store, const Image& base, const std::optional<Layer>& layer, const Commit& commit) {
  oci::ImageConfig config = base.config;
  config.created = commit.created;
  config.author = commit.author;
  config.config = commit.config;
  if (layer) config.diff_ids.push_back(layer->diff_id);
  oci::History history;
  history.created = commit.created;
  history.created_by = commit.command;
  history.author = commit.author;
  history.comment = commit.message;
  history.empty_layer = !layer;
  config.history.push_back(history);
  return store.add(config, commit.names);
}

}  // namespace aictr::images
