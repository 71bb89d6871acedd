#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "images/hash.h"
#include "images/plan.h"
#include "oci/digest.h"

namespace aictr::images {

// What decides a step's result, as one digest: two steps with the same key may share a layer. The file system they
// begin with counts by the content of its layers, so a base image counts by what it holds and not by its name.
class CacheKey {
 public:
  // `kind` keeps the keys of different sorts of steps apart.
  CacheKey(std::string_view kind, std::span<const oci::Digest> layers, std::optional<std::int64_t> source_date_epoch);

  CacheKey& add(std::string_view value);
  CacheKey& add(const std::vector<std::string>& values);

  std::string finish() { return hash_.finish().hex(); }  // once

 private:
  Sha256 hash_;
};

using Layers = std::span<const oci::Digest>;
using Epoch = std::optional<std::int64_t>;

// `contents`: what each mount of the step holds, as far as it decides the result (empty for a cache or a secret).
std::string key_of(const RunAction& action, const std::vector<std::string>& contents, Layers layers, Epoch epoch);
std::string key_of(const MakeDirectoryAction& action, Layers layers, Epoch epoch);

// One item of a COPY's sources: its own name, which a copied file takes in a directory, and its content_digest().
struct CopiedItem {
  std::string name;
  std::string digest;
};
std::string key_of(const CopyAction& action, const std::vector<CopiedItem>& items, Layers layers, Epoch epoch);

// The same by what the stage that it copies from is made of.
std::string key_of_stage_copy(const CopyAction& action, Layers stage, Layers layers, Epoch epoch);

}  // namespace aictr::images
