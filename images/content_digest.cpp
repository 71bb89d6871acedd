#include "images/content_digest.h"

#include <map>
#include <utility>

#include <fmt/core.h>

#include "images/hash.h"

namespace aictr::images {

Result<std::string> content_digest(const SourceItem& item, Owners owners, FileDigests& files) {
  Sha256 hash;
  std::map<std::pair<dev_t, ino_t>, std::size_t> links;  // the first entry of each inode with several names
  for (std::size_t i = 0; i < item.entries.size(); ++i) {
    const SourceEntry& entry = item.entries[i];
    const struct stat& st = entry.st;
    std::size_t first = i;
    if (st.st_nlink > 1 && !S_ISDIR(st.st_mode)) first = links.try_emplace({st.st_dev, st.st_ino}, i).first->second;
    bool device = S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode);
    hash.update(fmt::format("{} {} {:o} {} {}\n", entry.path.size(), entry.path, st.st_mode, device ? st.st_rdev : 0,
                            i - first));
    if (owners == Owners::count) hash.update(fmt::format("{}:{}\n", st.st_uid, st.st_gid));
    hash.update(TRY(files.digest(item, entry)));
  }
  return hash.finish().hex();
}

}  // namespace aictr::images
