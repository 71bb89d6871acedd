#include "images/layer_kind.h"

#include <fcntl.h>

#include <cstdlib>
#include <mutex>
#include <string_view>

#include "base/sys.h"
#include "images/erofs_mount.h"
#include "images/erofs_writer.h"
#include "images/whiteout.h"

namespace aictr::images {
namespace {

// A file without a name on the store's file system.
Result<UniqueFd> scratch_file(const Store& store) {
  return sys::open(store.fd(), ".", O_RDWR | O_TMPFILE, 0600);
}

Result<void> try_empty(const Store& store) {
  UniqueFd index = TRY(scratch_file(store));
  UniqueFd tar = TRY(scratch_file(store));
  TRY(sys::truncate(tar.get(), 1024));
  LayerTree tree;
  TRY(write_erofs(tree, 1024, 0, index.get()));
  TRY(mount_erofs(index.get(), tar.get()));
  return {};
}

}  // namespace

bool keeps_tars(const Store& store) {
  static std::once_flag once;
  static bool works = false;
  std::call_once(once, [&] {
    const char* given = std::getenv("AICTR_LAYERS");
    std::string_view kind = given != nullptr ? given : "";
    works = kind != "directory" && !uses_user_xattrs() && (kind == "tar" || try_empty(store).ok());
  });
  return works;
}

}  // namespace aictr::images
