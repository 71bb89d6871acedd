#include "cli/export_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&ExportFlags::output>("output", 'o', "FILE", "write the tar to this file instead of standard output"),
};

}  // namespace

const CommandFor<ExportFlags> kExportCommand(Command{
    .name = "export",
    .summary = "write the file system of a container as a tar",
    .arguments = "CONTAINER",
    .details = "As it is now, image and changes together, without what is mounted in it (/proc, /sys, volumes). "
               "`aictr import` makes an image of it.",
    .examples = "aictr export -o web.tar web\naictr export web | aictr import - web:flat",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
