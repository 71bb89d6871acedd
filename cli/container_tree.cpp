#include "cli/container_tree.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/snapshot.h"
#include "images/upper_directory.h"
#include "runtime/container_root.h"

namespace aictr::cli {

Result<ContainerTree> ContainerTree::open(const Globals& globals, std::string_view name) {
  Containers containers = TRY(Containers::open(globals.root));
  auto states = TRY(runtime::StateRoot::open(states_path(globals)));
  images::Store store = TRY(images::Store::open(globals.root));
  FileLock hold = TRY(store.hold());
  ContainerTree files(std::move(containers), std::move(states), std::move(store), std::move(hold));
  files.container_ = TRY(files.containers_.find(name));
  files.image_ = TRY(files.store_.find(files.container_.image_id));
  auto state = runtime::state(files.states_, files.container_.id);
  files.has_process_ = state.ok() && state.value().pid > 0;
  // Its writable layer must not be mounted twice: nobody starts it meanwhile.
  if (!files.has_process_) files.claim_ = TRY(files.containers_.take(files.container_));
  return files;
}

Result<UniqueFd> ContainerTree::root() const {
  return has_process_ ? runtime::open_container_root(states_, container_.id) : bare_root();
}

Result<UniqueFd> ContainerTree::bare_root() const {
  if (has_process_) return runtime::clone_container_root(states_, container_.id);
  return images::mount_layers(store_, image_.config.diff_ids, containers_.writable(container_));
}

Result<UniqueFd> ContainerTree::upper() const {
  return open_directory(AT_FDCWD, containers_.writable(container_).upper);
}

Result<UniqueFd> ContainerTree::lower() const {
  UniqueFd mount = TRY(images::mount_layers(store_, image_.config.diff_ids, std::nullopt));
  return sys::open(mount.get(), ".", O_RDONLY | O_DIRECTORY);
}

Result<std::vector<std::string>> ContainerTree::mount_points() const {
  if (!has_process_) return std::vector<std::string>();
  return runtime::container_mount_points(states_, container_.id);
}

Result<std::vector<images::Change>> ContainerTree::changes() const {
  UniqueFd upper_directory = TRY(upper());
  UniqueFd image_root = TRY(lower());
  std::vector<std::string> points = TRY(mount_points());
  images::MountPoints mounted(image_root.get(), points);
  return images::list_changes(upper_directory.get(), image_root.get(),
                              {mounted.missing().begin(), mounted.missing().end()});
}

}  // namespace aictr::cli
