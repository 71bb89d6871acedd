#include "hooks/nvidia_mounts.h"

#include <fcntl.h>
#include <linux/mount.h>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_mount.h"
#include "hooks/forward_compat.h"
#include "hooks/library_cache.h"
#include "hooks/nvidia_proc.h"
#include "hooks/under_tree.h"

namespace aictr::hooks {
namespace {

std::uint64_t attributes_of(DriverFile::Use use) {
  constexpr std::uint64_t kAlways = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (use == DriverFile::Use::socket) return kAlways | MOUNT_ATTR_NOEXEC;
  return kAlways | MOUNT_ATTR_RDONLY | (use == DriverFile::Use::program ? 0 : MOUNT_ATTR_NOEXEC);
}

class Maker {
 public:
  Maker(const NvidiaDriver& driver, int root, UnderTree tree) : driver_(driver), root_(root), tree_(std::move(tree)) {}

  Result<void> mount(const DriverMount& wanted) {
    UniqueFd source = TRY(driver_.roots.open_file(wanted.source, O_PATH));
    UniqueFd tree = TRY(sys::clone_mount(source.get(), attributes_of(wanted.use)));
    std::string real = TRY(tree_.add_file(wanted.destination, "", 0644));
    made_.mounts.push_back({std::move(real), std::move(tree)});
    return {};
  }

  Result<void> link(const DriverLink& wanted) {
    TRY(tree_.add_link(wanted.path, wanted.target));
    return {};
  }

  Result<void> write_library_cache(const std::vector<CachedLibrary>& libraries) {
    std::string musl_path;
    std::string musl = musl_path_file(root_, kLibraryDirectory, musl_path);
    if (!musl.empty()) TRY(tree_.add_file(musl_path, musl, 0644));
    auto compat = compat_directory(root_, driver_.version);
    LdCache cache = TRY(container_library_cache(root_, libraries, compat.value_or("")));
    TRY(tree_.add_file("/etc/ld.so.cache", print_ld_cache(cache), 0644));
    made_.library_path = compat ? fmt::format("{}:{}", *compat, kLibraryDirectory) : kLibraryDirectory;
    return {};
  }

  Result<void> show_proc(const std::vector<ChosenGpu>& chosen, const std::string& directory) {
    TRY(make_proc_driver(driver_.roots, chosen, directory));
    UniqueFd opened = TRY(sys::open(directory, O_PATH | O_DIRECTORY));
    std::uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    made_.mounts.push_back({"/proc/driver", TRY(sys::clone_mount(opened.get(), attributes))});
    return {};
  }

  MadeFiles take() { return std::move(made_); }

 private:
  const NvidiaDriver& driver_;
  int root_;
  UnderTree tree_;
  MadeFiles made_;
};

}  // namespace

Result<MadeFiles> make_nvidia_files(const NvidiaDriver& driver, const NvidiaEdits& edits,
                                    const std::vector<ChosenGpu>& chosen, int root, const std::string& under,
                                    const std::string& proc) {
  Maker maker(driver, root, TRY(UnderTree::begin(root, under)));
  for (const DriverMount& mount : edits.mounts) TRY_AS(fmt::format("'{}'", mount.source), maker.mount(mount));
  for (const DriverLink& link : edits.links) TRY(maker.link(link));
  TRY(maker.write_library_cache(edits.cache));
  TRY(maker.show_proc(chosen, proc));
  return maker.take();
}

}  // namespace aictr::hooks
