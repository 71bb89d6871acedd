#include "cli/save_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&SaveFlags::file>("output", 'o', "FILE", "write to FILE and not to standard output"),
};

}  // namespace

const CommandFor<SaveFlags> kSaveCommand(Command{
    .name = "save",
    .summary = "write images to an archive",
    .arguments = "IMAGE...",
    .details =
        "The archive is a tar, an OCI image layout that Docker and Podman load too. Layers are not compressed in it, "
        "and one that several images share is there once. The same images give the same bytes.",
    .examples = "aictr save -o my-app.tar my-app\n"
                "aictr save my-app python:3.9 | zstd >images.tar.zst",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
});

}  // namespace aictr::cli
