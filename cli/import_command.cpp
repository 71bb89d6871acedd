#include "cli/import_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&ImportFlags::changes>("change", 'c', "INSTRUCTION",
                                "apply a Dockerfile instruction, such as 'CMD [\"sh\"]'; may be repeated"),
    flag<&ImportFlags::message>("message", 'm', "TEXT", "a note for the image's history"),
};

}  // namespace

const CommandFor<ImportFlags> kImportCommand(Command{
    .name = "import",
    .summary = "make an image from the tar of a root file system",
    .arguments = "FILE|- [NAME[:TAG]]",
    .details = "The archive may be compressed with gzip, xz, zstd, bzip2 or lz4; - reads it from standard input. It "
               "becomes the one layer of the image. --change takes CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, "
               "ONBUILD, SHELL, STOPSIGNAL, USER, VOLUME and WORKDIR.",
    .examples = "aictr import rootfs.tar.gz my-base\n"
                "tar -C rootfs -c . | aictr import --change 'CMD [\"python3\"]' - my-base:1",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::files,
    .min_arguments = 1,
    .max_arguments = 2,
});

}  // namespace aictr::cli
