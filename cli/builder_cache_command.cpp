#include "cli/builder_cache_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kPruneFlags[] = {
    flag<&BuilderPruneFlags::all>("all", 'a', "", "accepted; everything goes in any case"),
    flag<&BuilderPruneFlags::force>("force", 'f', "", "do not ask"),
};
constexpr Flag kListFlags[] = {
    flag<&BuilderCacheListFlags::format>("format", 0, "FORMAT",
                                         "'table', 'json', or a template such as '{{.ID}} {{.Size}}'"),
    flag<&BuilderCacheListFlags::quiet>("quiet", 'q', "", "print ids only"),
};
constexpr Flag kExportFlags[] = {
    flag<&BuilderCacheExportFlags::file>("output", 'o', "FILE", "write to FILE and not to standard output")};
constexpr Flag kImportFlags[] = {
    flag<&BuilderCacheImportFlags::file>("input", 'i', "FILE", "read from FILE and not from standard input")};

}  // namespace

const CommandFor<BuilderPruneFlags> kBuilderPruneCommand(Command{
    .name = "builder prune",
    .summary = "forget what builds keep for the next ones",
    .details = "Removes the results of build steps, as far as no image has their layers, and everything that "
               "RUN --mount=type=cache has kept. The next builds begin from nothing.",
    .examples = "aictr builder prune -f",
    .flags = kPruneFlags,
    .group = Group::system,
    .max_arguments = 0,
});

const CommandFor<BuilderCacheListFlags> kBuilderCacheListCommand(Command{
    .name = "builder cache ls",
    .summary = "list the cache mounts of builds",
    .details = "An id is the one that RUN --mount=type=cache,id=… gives, or its target.",
    .examples = "aictr builder cache ls",
    .flags = kListFlags,
    .group = Group::system,
    .max_arguments = 0,
});

const CommandFor<NoFlags> kBuilderCacheRemoveCommand(Command{
    .name = "builder cache rm",
    .summary = "remove cache mounts of builds",
    .arguments = "ID [ID...]",
    .examples = "aictr builder cache rm /root/.cache/pip",
    .group = Group::system,
    .min_arguments = 1,
});

const CommandFor<BuilderCacheExportFlags> kBuilderCacheExportCommand(Command{
    .name = "builder cache export",
    .summary = "write a cache mount of builds as a tar",
    .arguments = "ID",
    .details =
        "For another machine, or for a CI job that begins without a cache: `aictr builder cache import` reads it.",
    .examples = "aictr builder cache export /root/.cache/pip | zstd >pip-cache.tar.zst",
    .flags = kExportFlags,
    .group = Group::system,
    .min_arguments = 1,
    .max_arguments = 1,
});

const CommandFor<BuilderCacheImportFlags> kBuilderCacheImportCommand(Command{
    .name = "builder cache import",
    .summary = "fill a cache mount of builds from a tar",
    .arguments = "ID",
    .details = "The tar may be compressed. What the cache mount had before is gone then.",
    .examples = "aictr builder cache import -i pip-cache.tar.zst /root/.cache/pip",
    .flags = kImportFlags,
    .group = Group::system,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
