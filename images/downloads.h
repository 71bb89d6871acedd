#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "images/cache_key.h"
#include "images/download.h"
#include "images/file_digests.h"
#include "images/layer.h"
#include "images/source_tree.h"
#include "images/store.h"

namespace aictr::images {

// The files that one ADD gets from servers. They lie in a draft of the store until this object goes.
class Downloads {
 public:
  static Result<Downloads> find(const std::vector<std::string>& urls, const std::optional<oci::Digest>& checksum,
                                const Store& store);

  // What a cache key says of them. Only what its server tells nothing about is fetched for it.
  Result<std::vector<CopiedItem>> identities(FileDigests& digests);
  // The files, for Copier; once.
  Result<std::vector<SourceItem>> items();

 private:
  struct Wanted {
    Download download;
    std::optional<SourceItem> item;  // when it has been fetched
  };

  explicit Downloads(const Store& store) : store_(&store) {}
  Result<void> fetch(Wanted& wanted);

  const Store* store_;
  std::vector<Wanted> wanted_;
  std::vector<LayerDraft> places_;
};

}  // namespace aictr::images
