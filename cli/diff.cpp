#include <fmt/core.h>

#include "cli/container_tree.h"
#include "cli/diff_command.h"
#include "cli/privilege.h"
#include "cli/report.h"

namespace aictr::cli {

Result<int> diff(const Globals& globals, const NoFlags&, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  ContainerTree files = TRY(ContainerTree::open(globals, arguments[0]));
  std::string text;
  for (const images::Change& change : TRY(files.changes())) {
    text += fmt::format("{} /{}\n", static_cast<char>(change.kind), change.path);
  }
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
