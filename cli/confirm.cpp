#include "cli/confirm.h"

#include <unistd.h>

#include "base/sys.h"
#include "cli/report.h"

namespace aictr::cli {

Result<bool> confirm(std::string_view about) {
  if (::isatty(STDIN_FILENO) == 0) return true;
  report_done(about);
  TRY(print("Are you sure? [y/N] "));
  char answer[16] = {};
  std::size_t n = TRY(sys::read(STDIN_FILENO, answer));
  return n > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}

}  // namespace aictr::cli
