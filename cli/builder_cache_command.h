#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/global.h"

namespace aictr::cli {

struct BuilderCacheListFlags {
  std::string format;
  bool quiet = false;
};
struct BuilderCacheExportFlags {
  std::string file;
};
struct BuilderCacheImportFlags {
  std::string file;
};
struct BuilderPruneFlags {
  bool all = false;
  bool force = false;
};

extern const CommandFor<BuilderPruneFlags> kBuilderPruneCommand;
extern const CommandFor<BuilderCacheListFlags> kBuilderCacheListCommand;
extern const CommandFor<NoFlags> kBuilderCacheRemoveCommand;
extern const CommandFor<BuilderCacheExportFlags> kBuilderCacheExportCommand;
extern const CommandFor<BuilderCacheImportFlags> kBuilderCacheImportCommand;

using Arguments = std::vector<std::string>;
Result<int> builder_prune(const Globals& globals, const BuilderPruneFlags& flags, const Arguments& arguments);
Result<int> builder_cache_list(const Globals& globals, const BuilderCacheListFlags& flags, const Arguments& arguments);
Result<int> builder_cache_remove(const Globals& globals, const NoFlags& flags, const Arguments& arguments);
Result<int> builder_cache_export(const Globals& globals, const BuilderCacheExportFlags& flags,
                                 const Arguments& arguments);
Result<int> builder_cache_import(const Globals& globals, const BuilderCacheImportFlags& flags,
                                 const Arguments& arguments);

}  // namespace aictr::cli
