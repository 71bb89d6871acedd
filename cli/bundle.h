#pragma once

#include <string>

#include "base/result.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// A directory with config.json in it.
struct Bundle {
  std::string path;  // absolute, without links
  oci::Spec spec;
};
Result<Bundle> load_bundle(const std::string& path);  // empty: the current directory

}  // namespace aictr::cli
