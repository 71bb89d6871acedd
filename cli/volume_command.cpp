#include "cli/volume_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kCreateFlags[] = {
    flag<&VolumeCreateFlags::driver>("driver", 'd', "NAME", "who keeps the volume; there is 'local' alone"),
    flag<&VolumeCreateFlags::label>("label", 0, "KEY=VALUE", "label the volume"),
    hidden(flag<&VolumeCreateFlags::name>("name", 0, "NAME", "the volume's name")),
    flag<&VolumeCreateFlags::opt>("opt", 'o', "KEY=VALUE",
                                  "what containers mount for it: type=TYPE, device=SOURCE, o=OPTIONS of mount(8)"),
};

constexpr Flag kListFlags[] = {
    flag<&VolumeListFlags::filter>("filter", 'f', "KEY=VALUE", "list only what matches: dangling, driver, label, name"),
    flag<&VolumeListFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.Name}}'"),
    flag<&VolumeListFlags::quiet>("quiet", 'q', "", "print names only"),
};

constexpr Flag kInspectFlags[] = {
    flag<&VolumeInspectFlags::format>("format", 'f', "FORMAT", "'json', or a template such as '{{.Mountpoint}}'"),
};

constexpr Flag kRemoveFlags[] = {
    flag<&VolumeRemoveFlags::force>("force", 'f', "", "no error when it is not there"),
};

constexpr Flag kPruneFlags[] = {
    flag<&VolumePruneFlags::all>("all", 'a', "", "also volumes that have a name"),
    flag<&VolumePruneFlags::filter>("filter", 0, "KEY=VALUE", "remove only what matches: label, label!"),
    flag<&VolumePruneFlags::force>("force", 'f', "", "do not ask"),
};

}  // namespace

const CommandFor<VolumeCreateFlags> kVolumeCreateCommand(Command{
    .name = "volume create",
    .summary = "make a volume",
    .arguments = "[NAME]",
    .details = "A volume is a directory of the store that outlives the containers that mount it. `aictr run -v "
               "NAME:/path` makes "
               "one by itself. A volume of that name that exists is left as it is.",
    .examples =
        "aictr volume create models\naictr volume create --opt type=tmpfs --opt device=tmpfs --opt o=size=1g fast",
    .flags = kCreateFlags,
    .group = Group::containers,
    .max_arguments = 1,
});

const CommandFor<VolumeListFlags> kVolumeListCommand(Command{
    .name = "volume ls",
    .summary = "list volumes",
    .examples = "aictr volume ls\naictr volume ls --filter dangling=true -q",
    .flags = kListFlags,
    .group = Group::containers,
    .max_arguments = 0,
});

const CommandFor<VolumeInspectFlags> kVolumeInspectCommand(Command{
    .name = "volume inspect",
    .summary = "show all about volumes, as JSON",
    .arguments = "VOLUME [VOLUME...]",
    .examples = "aictr volume inspect --format '{{.Mountpoint}}' models",
    .flags = kInspectFlags,
    .group = Group::containers,
    .min_arguments = 1,
});

const CommandFor<VolumeRemoveFlags> kVolumeRemoveCommand(Command{
    .name = "volume rm",
    .summary = "remove volumes and what is in them",
    .arguments = "VOLUME [VOLUME...]",
    .details = "A volume that a container has mounted stays, whether the container runs or not.",
    .examples = "aictr volume rm models",
    .flags = kRemoveFlags,
    .group = Group::containers,
    .min_arguments = 1,
});

const CommandFor<VolumePruneFlags> kVolumePruneCommand(Command{
    .name = "volume prune",
    .summary = "remove volumes that no container uses",
    .details = "Volumes that were made for one container go; those that have a name stay, unless --all is given.",
    .examples = "aictr volume prune -f\naictr volume prune --all --filter label=scratch",
    .flags = kPruneFlags,
    .group = Group::containers,
    .max_arguments = 0,
});

}  // namespace aictr::cli
