#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "base/result.h"
#include "images/cache_key.h"
#include "images/download.h"
#include "images/file_digests.h"
#include "images/git_source.h"
#include "images/layer.h"
#include "images/plan.h"
#include "images/source_tree.h"
#include "images/store.h"

namespace aictr::images {

// What one ADD gets from servers: files, and git repositories. It lies in a draft of the store until this object goes.
class Downloads {
 public:
  static Result<Downloads> find(const CopyAction& action, const Store& store);

  // What a cache key says of them. Only what its server tells nothing about is fetched for it.
  Result<std::vector<CopiedItem>> identities(FileDigests& digests);
  // The files, for Copier; once.
  Result<std::vector<SourceItem>> items();

 private:
  struct Wanted {
    std::variant<Download, GitSource> what;
    std::optional<SourceItem> item;  // when it has been fetched
  };

  Downloads(const Store& store, const CopyAction& action) : store_(&store), action_(&action) {}
  Result<CopiedItem> identity(Wanted& wanted, FileDigests& digests);
  Result<void> fetch(Wanted& wanted);
  Result<SourceItem> fetch(Download& download, UniqueFd place);
  Result<SourceItem> check_out(const GitSource& source, const std::string& path);

  const Store* store_;
  const CopyAction* action_;
  std::vector<Wanted> wanted_;
  std::vector<LayerDraft> places_;
};

}  // namespace aictr::images
