#include "cli/load_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&LoadFlags::file>("input", 'i', "FILE", "read FILE and not standard input"),
    flag<&LoadFlags::quiet>("quiet", 'q', "", "print nothing"),
};

}  // namespace

const CommandFor<LoadFlags> kLoadCommand(Command{
    .name = "load",
    .summary = "take images from an archive",
    .details =
        "The archive is what `aictr save`, `docker save` or `podman save` wrote, or another OCI image layout in a "
        "tar; it may be compressed with gzip, zstd, xz or bzip2.",
    .examples = "aictr load -i my-app.tar\n"
                "ssh host docker save my-app | aictr load",
    .flags = kFlags,
    .group = Group::images,
    .max_arguments = 0,
});

}  // namespace aictr::cli
