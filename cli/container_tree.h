#pragma once

// The file system of a container, whether it runs or not: what `cp`, `diff`, `commit` and `export` work on.

#include <optional>
#include <string_view>
#include <vector>

#include "base/lock.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/container.h"
#include "cli/global.h"
#include "images/store.h"
#include "images/upper_changes.h"

namespace aictr::cli {

class ContainerTree {
 public:
  // By name or id, as Containers::find() says. While it lives, the image of the container stays, and one that has no
  // process gets none; Kind::busy when it is just being started or put away.
  static Result<ContainerTree> open(const Globals& globals, std::string_view name);

  const Container& container() const { return container_; }
  const images::Image& image() const { return image_; }
  images::Store& store() { return store_; }
  const runtime::StateRoot& states() const { return states_; }
  bool has_process() const { return has_process_; }

  // The root as it is seen inside: of a running container with all that is mounted there. To be opened below with
  // sys::Resolve::in_root.
  Result<UniqueFd> root() const;
  // The same without what is mounted there.
  Result<UniqueFd> bare_root() const;

  Result<UniqueFd> upper() const;  // what it has written, as an overlay's upper directory
  Result<UniqueFd> lower() const;  // the image's files alone, read-only
  Result<std::vector<images::Change>> changes() const;

 private:
  ContainerTree(Containers containers, runtime::StateRoot states, images::Store store, FileLock hold)
      : containers_(std::move(containers)),
        states_(std::move(states)),
        store_(std::move(store)),
        hold_(std::move(hold)) {}
  Result<std::vector<std::string>> mount_points() const;

  Containers containers_;
  runtime::StateRoot states_;
  images::Store store_;
  FileLock hold_;
  std::optional<FileLock> claim_;  // of one that has no process
  Container container_;
  images::Image image_;
  bool has_process_ = false;
};

}  // namespace aictr::cli
