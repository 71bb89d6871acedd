#include "runtime/container.h"

#include <fcntl.h>

#include "base/file.h"

namespace aictr::runtime {

Result<StateRoot> StateRoot::open(std::string path) {
  UniqueFd fd = TRY_AS("state root", make_and_open_directory(AT_FDCWD, path, 0711));
  return StateRoot(std::move(path), std::move(fd));
}

Result<StateRoot> StateRoot::look(std::string path) {
  auto fd = open_directory(AT_FDCWD, path);
  if (!fd.ok() && fd.error().code == ENOENT) return StateRoot(std::move(path), UniqueFd());
  if (!fd.ok()) return std::move(fd).error().context("state root");
  return StateRoot(std::move(path), std::move(fd).value());
}

}  // namespace aictr::runtime
