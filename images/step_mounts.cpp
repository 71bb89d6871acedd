#include "images/step_mounts.h"

#include <fcntl.h>
#include <linux/mount.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_mount.h"
#include "images/clean_path.h"
#include "images/copy.h"

namespace aictr::images {
namespace {

std::uint64_t access(bool writable) {
  return writable ? 0 : MOUNT_ATTR_RDONLY;
}

// A step sees what it binds as a COPY would have brought it, so only what is root's and whole is shown itself.
bool is_as_copied(const SourceItem& item) {
  return std::ranges::all_of(item.entries,
                             [](const SourceEntry& entry) { return entry.st.st_uid == 0 && entry.st.st_gid == 0; });
}

Result<UniqueFd> make_tmpfs(const TmpfsMount& tmpfs) {
  UniqueFd context = TRY(sys::fsopen("tmpfs"));
  TRY(sys::fsconfig_string(context.get(), "mode", "1777"));
  if (tmpfs.size != 0) TRY(sys::fsconfig_string(context.get(), "size", std::to_string(tmpfs.size)));
  TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

}  // namespace

struct StepMounts::Maker {
  StepMounts& self;
  const Store& store;
  const BuildSecrets& secrets;
  const FindItems& find_items;
  const std::string& target;

  Result<void> add(UniqueFd tree) {
    self.targets_.push_back(target);
    self.mounts_.push_back({target, std::move(tree), std::nullopt});
    return {};
  }

  Result<SourceItem> only_item(const BindMount& bind) {
    std::vector<SourceItem> items = TRY(find_items(bind));
    if (items.size() == 1) return std::move(items.front());
    return make_error(Kind::usage, fmt::format("source '{}' is {} files", bind.source, items.size()),
                      "a mount shows one file or one directory");
  }

  Result<void> operator()(const BindMount& bind) {
    SourceItem item = TRY(only_item(bind));
    bool of_stage = std::holds_alternative<FromStage>(bind.origin);
    if (!bind.writable && item.complete && (of_stage || is_as_copied(item))) {
      // Before Linux 6.15 nothing can be taken out of a stage's mount, which is nowhere attached.
      auto tree = sys::clone_mount(item.base.get(), access(false));
      if (tree.ok()) return add(std::move(tree).value());
      if (tree.error().code != EINVAL) return std::move(tree).error();
    }
    UniqueFd copy = TRY(copy_of(item, of_stage));
    return add(TRY(sys::clone_mount(copy.get(), access(bind.writable))));
  }

  Result<UniqueFd> copy_of(const SourceItem& item, bool keep_owners) {
    self.copies_.push_back(TRY(LayerDraft::create(store)));
    UniqueFd place = TRY(open_directory(AT_FDCWD, self.copies_.back().upper()));
    TRY(copy_into(place.get(), item, "/copy", keep_owners));
    return sys::open(place.get(), "copy", O_PATH | O_NOFOLLOW);
  }

  Result<void> copy_into(int root, const SourceItem& item, const std::string& path, bool keep_owners) {
    CopyOptions options;
    if (!keep_owners) options.owner = Owner{};
    return Copier(root, options).copy(item, {path, item.is_directory(), false});
  }

  Result<void> operator()(const CacheMount& cache) {
    auto found = self.caches_.find(cache.id);
    if (found == self.caches_.end()) {
      CacheDirectory directory = TRY(CacheDirectory::open(store, cache));
      found = self.caches_.emplace(cache.id, std::move(directory)).first;
      if (found->second.fresh && cache.seed) TRY(fill(found->second, *cache.seed));
    }
    return add(TRY(sys::clone_mount(found->second.data.get(), access(cache.writable))));
  }

  Result<void> fill(const CacheDirectory& cache, const BindMount& seed) {
    SourceItem item = TRY(only_item(seed));
    return copy_into(cache.data.get(), item, "/", true);
  }

  Result<void> operator()(const TmpfsMount& tmpfs) { return add(TRY(make_tmpfs(tmpfs))); }

  Result<void> operator()(const SecretMount& secret) {
    auto given = secrets.contents.find(secret.id);
    if (given == secrets.contents.end()) return absent("secret", secret.id, secret.required);
    if (!secret.variable.empty()) self.environment_.push_back(secret.variable + "=" + given->second);
    if (target.empty()) return {};
    self.targets_.push_back(target);
    StepMount::File file{given->second, secret.mode, secret.owner.uid, secret.owner.gid};
    self.mounts_.push_back({target, UniqueFd(), std::move(file)});
    return {};
  }

  Result<void> operator()(const SshMount& ssh) {
    auto given = secrets.ssh_sockets.find(ssh.id);
    if (given == secrets.ssh_sockets.end()) return absent("ssh", ssh.id, ssh.required);
    UniqueFd socket = TRY_AS(fmt::format("--ssh {}", ssh.id), sys::open(AT_FDCWD, given->second, O_PATH));
    self.environment_.push_back("SSH_AUTH_SOCK=" + target);
    return add(TRY(sys::clone_mount(socket.get(), access(true))));
  }

  static Result<void> absent(std::string_view flag, const std::string& id, bool required) {
    if (!required) return {};
    return make_error(Kind::usage, fmt::format("{} '{}' is required and was not given", flag, id),
                      flag == "ssh" ? fmt::format("add --ssh {} to the command", id)
                                    : fmt::format("add --secret id={},src=FILE to the command", id));
  }
};

Result<StepMounts> StepMounts::prepare(std::span<const RunMount> mounts, const Store& store,
                                       const BuildSecrets& secrets, const FindItems& find_items) {
  StepMounts made;
  for (const RunMount& mount : mounts) {
    std::string what = mount.target.empty() ? "mount" : fmt::format("mount '{}'", mount.target);
    TRY_AS(what, std::visit(Maker{made, store, secrets, find_items, mount.target}, mount.what));
  }
  return made;
}

}  // namespace aictr::images
