#include "cli/exit_code.h"

namespace aictr::cli {

int exit_code_of(const Error& error) {
  if (error.kind != Kind::exec) return kOwnFailure;
  return error.code == ENOENT || error.code == ENOTDIR ? kNotFound : kNotExecutable;
}

}  // namespace aictr::cli
