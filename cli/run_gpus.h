#pragma once

// --gpus of run and build: from the words to device nodes, mounts and files of one container.

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/container_edits.h"
#include "oci/runtime_spec.h"
#include "runtime/container.h"

namespace aictr::cli {

struct GpuWishes {
  std::vector<std::string> requests;  // as --gpus takes them
  std::string driver_root;            // empty: as AICTR_DRIVER_ROOT says, or looked for
  std::vector<std::string> devices;   // as RUN --device takes them: "nvidia.com/gpu=0", perhaps with ",required"
};

// What a container is given for its GPUs. An empty `under`: nothing.
struct GpuGrant {
  oci::ContainerEdits edits;
  std::vector<runtime::GivenMount> mounts;
  std::string under;                // a directory for images::mount_layers()
  std::string library_path;         // for LD_LIBRARY_PATH
  std::vector<std::string> chosen;  // what was decided, a line each
};

// Mounts the container's layers to be looked at.
using ViewLayers = std::function<Result<UniqueFd>()>;

// `environment` ("KEY=value") narrows what is given and says what the image needs. `directory` gets what `under` names,
// in a subdirectory that is made anew. --gpus auto on a machine without a GPU warns and gives nothing.
Result<GpuGrant> grant_gpus(const GpuWishes& wishes, const std::vector<std::string>& environment,
                            const ViewLayers& view, const std::string& directory);

// The part that goes into the spec, once the process has its user and groups.
void apply_gpus(oci::Spec& spec, const GpuGrant& grant);

// Refuses what has no meaning before anything is made.
Result<void> check_gpu_wishes(const GpuWishes& wishes);

}  // namespace aictr::cli
