#include "cli/doctor_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&DoctorFlags::format>("format", 'f', "FORMAT", "'json', or a template for each check such as '{{.Name}}'"),
    flag<&DoctorFlags::quiet>("quiet", 'q', "", "leave out what is in order"),
};

}  // namespace

const CommandFor<DoctorFlags> kDoctorCommand(Command{
    .name = "doctor",
    .summary = "check what aictr needs of this machine, and say what mends it",
    .details =
        "Looks at the kernel, cgroups, namespaces, file systems, the NVIDIA driver, CDI files, the disk, the programs "
        "that networks need and the ids of users who are not root. Changes nothing. A check ends with 'ok'; with "
        "'warning' when something works less or not for everybody; with 'broken' when containers cannot run as they "
        "should, and then the command ends with 1.",
    .examples = "aictr doctor\naictr doctor --format json",
    .flags = kFlags,
    .max_arguments = 0,
});

}  // namespace aictr::cli
