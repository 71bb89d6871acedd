#include "cli/archive_file.h"
#include "cli/container_tree.h"
#include "cli/export_command.h"
#include "cli/privilege.h"
#include "images/tree_tar.h"

namespace aictr::cli {

Result<int> export_archive(const Globals& globals, const ExportFlags& flags,
                           const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  ContainerTree files = TRY(ContainerTree::open(globals, arguments[0]));
  UniqueFd root = TRY(files.bare_root());
  auto write = [&](const images::TarSink& sink) -> Result<void> {
    images::LiveEntry top = TRY(images::look_at(root.get(), "."));
    return images::write_tree_tar(std::move(top), ".", sink);
  };
  TRY(write_archive(flags.output, "redirect it, or name a file with -o", write));
  return 0;
}

}  // namespace aictr::cli
