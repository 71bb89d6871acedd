#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/layer.h"
#include "images/store.h"
#include "images/upper_changes.h"

namespace aictr::images {

// Makes a layer of the changes (list_changes()) that an overlay's upper directory holds, which stays as it is. `lower`
// is the root below. Times later than `epoch` seconds become that. Nothing when nothing has changed.
Result<std::optional<Layer>> save_changes(const Store& store, int upper, int lower, std::span<const Change> changes,
                                          std::optional<std::int64_t> epoch);

struct Commit {
  oci::ContainerConfig config;  // what a container of the new image runs
  std::string created;          // RFC 3339
  std::string author;
  std::string message;
  std::string command;  // what made the changes; for the history
  std::vector<oci::Reference> names;
};

// The image that is `base` with one more layer, or with none.
Result<Image> commit_image(Store& store, const Image& base, const std::optional<Layer>& layer, const Commit& commit);

}  // namespace aictr::images
