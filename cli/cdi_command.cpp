#include "cli/cdi_command.h"

#include <array>

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kFormats = {"yaml"sv, "json"sv};
constexpr std::string_view kDirHelp = "look here instead of in /etc/cdi and /var/run/cdi; a later one wins";

constexpr Flag kListFlags[] = {
    flag<&CdiListFlags::spec_dir>("cdi-spec-dir", 0, "DIRECTORY", kDirHelp),
    flag<&CdiListFlags::format>("format", 'f', "FORMAT", "'table', 'json', or a template such as '{{.Name}}'"),
};

constexpr Flag kValidateFlags[] = {
    flag<&CdiValidateFlags::spec_dir>("cdi-spec-dir", 0, "DIRECTORY", kDirHelp),
};

constexpr Flag kGenerateFlags[] = {
    flag<&CdiGenerateFlags::format>("format", 'f', "FORMAT", "the syntax of the file", kFormats),
    flag<&CdiGenerateFlags::output>("output", 'o', "FILE",
                                    "write it here, in place of what is there, and not on standard output"),
};

}  // namespace

const CommandFor<CdiListFlags> kCdiListCommand(Command{
    .name = "cdi list",
    .summary = "list the devices that CDI files describe",
    .details = "CDI files (*.json and *.yaml) are the Container Device Interface of GPU and other vendors. A device is "
               "given to a container with 'aictr run --device NAME'.",
    .examples = "aictr cdi list\naictr cdi list --format '{{.Name}}'",
    .flags = kListFlags,
    .max_arguments = 0,
});

const CommandFor<CdiValidateFlags> kCdiValidateCommand(Command{
    .name = "cdi validate",
    .summary = "check CDI files, and whether what they name is on this machine",
    .arguments = "[FILE...]",
    .details = "Checks the files, or all in /etc/cdi and /var/run/cdi: their syntax, that no member is unknown, that "
               "two files do not describe the same device, that the files and device nodes that they name are there, "
               "and that libraries are of the driver that is loaded. Ends with 1 when something is wrong; every line "
               "names file, line and key.",
    .examples = "aictr cdi validate\naictr cdi validate ./nvidia.yaml",
    .flags = kValidateFlags,
    .completes = Completes::files,
});

const CommandFor<CdiGenerateFlags> kCdiGenerateCommand(Command{
    .name = "cdi generate",
    .summary = "write a CDI file of this machine's NVIDIA GPUs, for other programs",
    .details = "Describes the driver and the GPUs as they are now: by index, UUID, 'i:j' for MIG instances, and all. "
               "Programs such as Podman and containerd read it from /etc/cdi; it must be written again when the driver "
               "changes. 'aictr run --gpus' looks at the driver at every run and needs no file.",
    .examples = "aictr cdi generate --output /etc/cdi/nvidia.yaml",
    .flags = kGenerateFlags,
    .max_arguments = 0,
});

}  // namespace aictr::cli
