#include "cli/exit_code.h"

namespace aictr::cli {

int exit_code_of_start(const Error& error) {
  switch (error.kind) {
    case Kind::not_found:
      return kNotFound;
    case Kind::denied:
      return kNotExecutable;
    default:
      return error.code == EISDIR || error.code == ENOEXEC ? kNotExecutable : kOwnFailure;
  }
}

}  // namespace aictr::cli
