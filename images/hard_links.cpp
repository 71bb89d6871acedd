#include "images/hard_links.h"

namespace aictr::images {

bool HardLinks::make_link_if_known(TarEntry& entry, const struct stat& st) {
  if (st.st_nlink < 2) return false;
  auto [first, added] = first_names_.try_emplace({st.st_dev, st.st_ino}, entry.path);
  if (added) return false;
  entry.type = TarType::hard_link;
  entry.link = first->second;
  entry.size = 0;
  entry.device = 0;
  return true;
}

}  // namespace aictr::images
