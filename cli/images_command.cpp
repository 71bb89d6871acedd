#include "cli/images_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    hidden(flag<&ImagesFlags::all>("all", 'a', "", "list every image; they all are listed anyway")),
    flag<&ImagesFlags::digests>("digests", 0, "", "show the digests of manifests"),
    flag<&ImagesFlags::filter>("filter", 'f', "KEY=VALUE",
                               "list only what matches: before, dangling, label, reference, since"),
    flag<&ImagesFlags::format>("format", 0, "FORMAT",
                               "'table', 'json', or a template such as '{{.Repository}}:{{.Tag}}'"),
    flag<&ImagesFlags::no_trunc>("no-trunc", 0, "", "do not shorten ids"),
    flag<&ImagesFlags::quiet>("quiet", 'q', "", "print ids only"),
};

}  // namespace

const CommandFor<ImagesFlags> kImagesCommand(Command{
    .name = "images",
    .summary = "list images",
    .arguments = "[NAME[:TAG]]",
    .examples = "aictr images\naictr images python\naictr images --filter dangling=true -q\n"
                "aictr images --format 'table {{.ID}}\\t{{.Repository}}\\t{{.Size}}'",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::images,
    .max_arguments = 1,
});

}  // namespace aictr::cli
