#include "runtime/container.h"

#include <fcntl.h>

#include "base/file.h"

namespace aictr::runtime {

Result<StateRoot> StateRoot::open(std::string path) {
  UniqueFd fd = TRY_AS("state root", make_and_open_directory(AT_FDCWD, path, 0711));
  return StateRoot(std::move(path), std::move(fd));
}

}  // namespace aictr::runtime
