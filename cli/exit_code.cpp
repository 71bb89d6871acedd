#include "cli/exit_code.h"

namespace aictr::cli {

int exit_code_of(const Error& error) {
  if (error.kind != Kind::exec) return kOwnFailure;
  return error.code == ENOENT || error.code == ENOTDIR ? kNotFound : kNotExecutable;
}

int build_exit_code_of(const Error& error) {
  switch (error.kind) {
    case Kind::denied:
    case Kind::unsupported:
    case Kind::corrupt:
      return kOwnFailure;
    case Kind::internal:  // a step that ended badly has no errno
      return error.code == 0 ? kFailed : kOwnFailure;
    default:
      return kFailed;
  }
}

}  // namespace aictr::cli
