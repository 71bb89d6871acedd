#include "images/downloads.h"

#include <fcntl.h>

#include "base/file.h"
#include "images/content_digest.h"

namespace aictr::images {

Result<Downloads> Downloads::find(const std::vector<std::string>& urls, const std::optional<oci::Digest>& checksum,
                                  const Store& store) {
  Downloads downloads(store);
  for (const std::string& url : urls) {
    Download found = TRY(Download::find(url, checksum));
    downloads.wanted_.push_back({std::move(found), std::nullopt});
  }
  return downloads;
}

Result<std::vector<CopiedItem>> Downloads::identities(FileDigests& digests) {
  std::vector<CopiedItem> all;
  for (Wanted& wanted : wanted_) {
    std::string identity;
    if (wanted.download.identity()) {
      identity = *wanted.download.identity();
    } else {
      TRY(fetch(wanted));
      identity = TRY(content_digest(*wanted.item, Owners::do_not, digests));
    }
    all.push_back({wanted.download.name(), std::move(identity)});
  }
  return all;
}

Result<std::vector<SourceItem>> Downloads::items() {
  std::vector<SourceItem> all;
  for (Wanted& wanted : wanted_) {
    if (!wanted.item) TRY(fetch(wanted));
    all.push_back(std::move(*wanted.item));
  }
  return all;
}

// Each in a directory of its own: two may have the same name.
Result<void> Downloads::fetch(Wanted& wanted) {
  places_.push_back(TRY(LayerDraft::create(*store_)));
  UniqueFd place = TRY(open_directory(AT_FDCWD, places_.back().upper()));
  TRY(wanted.download.fetch(place.get()));
  SourceTree tree("the download", std::move(place));
  wanted.item = TRY(tree.file(wanted.download.name()));
  return {};
}

}  // namespace aictr::images
