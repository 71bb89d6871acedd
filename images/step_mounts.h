#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/cache_directory.h"
#include "images/layer.h"
#include "images/run_mount.h"
#include "images/source_tree.h"
#include "images/step_runner.h"
#include "images/store.h"

namespace aictr::images {

// What the user hands to builds beside the context; none of it enters an image or a cache key.
struct BuildSecrets {
  std::map<std::string, std::string> contents;     // --secret, by id
  std::map<std::string, std::string> ssh_sockets;  // --ssh, by id: paths of agents' sockets
};

// Finds the items of a bind mount's source; an empty list is a source that is not there.
using FindItems = std::function<Result<std::vector<SourceItem>>(const BindMount&)>;

// The mounts of one RUN step, made ready. Locks of caches and copies of files live as long as this object.
class StepMounts {
 public:
  static Result<StepMounts> prepare(std::span<const RunMount> mounts, const Store& store, const BuildSecrets& secrets,
                                    const FindItems& find_items);

  const std::vector<std::string>& targets() const { return targets_; }
  const std::vector<std::string>& environment() const { return environment_; }
  std::vector<StepMount> take() { return std::move(mounts_); }

 private:
  struct Maker;
  std::vector<StepMount> mounts_;
  std::vector<std::string> targets_;
  std::vector<std::string> environment_;
  std::map<std::string, CacheDirectory> caches_;  // by id: two mounts of one step share it
  std::vector<LayerDraft> copies_;                // of files that cannot be shown as they are; thrown away
};

}  // namespace aictr::images
