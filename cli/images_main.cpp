// The commands that build and transfer images, and what they load: libarchive, libcrypto, libcurl. `aictr` hands over
// to it.
#include "cli/build_command.h"
#include "cli/builder_cache_command.h"
#include "cli/commit_command.h"
#include "cli/cp_command.h"
#include "cli/export_command.h"
#include "cli/import_command.h"
#include "cli/load_command.h"
#include "cli/login_command.h"
#include "cli/manifest_inspect_command.h"
#include "cli/program.h"
#include "cli/pull_command.h"
#include "cli/push_command.h"
#include "cli/save_command.h"
#include "cli/system_check_command.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

Error belongs_to_aictr(std::span<const std::string>) {
  return make_error(Kind::usage, "this program has the commands that build and transfer images alone", "call 'aictr'");
}

}  // namespace

int main(int argc, char** argv) {
  constexpr Body kBodies[] = {
      bind<BuildFlags, build>(kBuildCommand),
      bind<BuilderPruneFlags, builder_prune>(kBuilderPruneCommand),
      bind<BuilderCacheListFlags, builder_cache_list>(kBuilderCacheListCommand),
      bind<NoFlags, builder_cache_remove>(kBuilderCacheRemoveCommand),
      bind<BuilderCacheExportFlags, builder_cache_export>(kBuilderCacheExportCommand),
      bind<BuilderCacheImportFlags, builder_cache_import>(kBuilderCacheImportCommand),
      bind<CommitFlags, commit>(kCommitCommand),
      bind<CpFlags, cp>(kCpCommand),
      bind<ExportFlags, export_archive>(kExportCommand),
      bind<ImportFlags, import_archive>(kImportCommand),
      bind<PullFlags, pull>(kPullCommand),
      bind<PushFlags, push>(kPushCommand),
      bind<LoginFlags, login>(kLoginCommand),
      bind<LogoutFlags, logout>(kLogoutCommand),
      bind<SaveFlags, save>(kSaveCommand),
      bind<LoadFlags, load>(kLoadCommand),
      bind<ManifestInspectFlags, manifest_inspect>(kManifestInspectCommand),
      bind<SystemCheckFlags, system_check>(kSystemCheckCommand),
  };
  return run_program(argc, argv, kBodies, belongs_to_aictr);
}
