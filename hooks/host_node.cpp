#include "hooks/host_node.h"

#include <sys/sysmacros.h>

#include "base/sys.h"

namespace aictr::hooks {

Result<oci::HostNode> find_host_node(const std::string& path) {
  struct stat st = TRY(sys::stat(AT_FDCWD, path));
  oci::HostNode node;
  if (S_ISCHR(st.st_mode)) node.type = "c";
  if (S_ISBLK(st.st_mode)) node.type = "b";
  if (S_ISFIFO(st.st_mode)) node.type = "p";
  node.major = major(st.st_rdev);
  node.minor = minor(st.st_rdev);
  return node;
}

}  // namespace aictr::hooks
