#include "cli/build_command.h"

#include <array>

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kProgress = {"auto"sv, "tty"sv, "plain"sv, "rawjson"sv, "quiet"sv};
constexpr std::array kNetworks = {"default"sv, "host"sv, "none"sv};
constexpr std::array kHostCa = {"auto"sv, "always"sv, "never"sv};

constexpr std::array kLater = {"gpus"sv, "push"sv, "squash"sv};

constexpr Flag kFlags[] = {
    flag<&BuildFlags::add_host>("add-host", 0, "NAME:ADDRESS", "one more line for the /etc/hosts of every step"),
    flag<&BuildFlags::build_arg>("build-arg", 0, "NAME[=VALUE]", "set an ARG; without a value, pass our variable on"),
    flag<&BuildFlags::build_context>("build-context", 0, "NAME=PATH|URL|docker-image://IMAGE",
                                     "what --from=NAME means; an image also for FROM NAME"),
    flag<&BuildFlags::cache_from>("cache-from", 0, "NAME|type=TYPE,…",
                                  "take steps from a cache of builds elsewhere: type=registry,ref=NAME or "
                                  "type=local,src=DIR"),
    flag<&BuildFlags::cache_to>("cache-to", 0, "NAME|type=TYPE,…",
                                "leave a cache for builds elsewhere: type=registry,ref=NAME, type=local,dest=DIR or "
                                "type=inline, and mode=max for all stages"),
    flag<&BuildFlags::cpu_shares>("cpu-shares", 0, "NUMBER", "weight of every step when CPUs are short; 1024 is usual"),
    flag<&BuildFlags::cpus>("cpus", 0, "NUMBER", "CPUs every step may use at most, such as 1.5"),
    flag<&BuildFlags::cpuset_cpus>("cpuset-cpus", 0, "LIST", "CPUs every step may run on, such as 0-3,7"),
    flag<&BuildFlags::cpuset_mems>("cpuset-mems", 0, "LIST", "memory nodes every step may use"),
    flag<&BuildFlags::file>("file", 'f', "FILE", "the Dockerfile, or '-'; PATH/Dockerfile unless given"),
    flag<&BuildFlags::host_ca>("host-ca", 0, "WHEN", "show steps the certificate authorities this host trusts",
                               kHostCa),
    flag<&BuildFlags::iidfile>("iidfile", 0, "FILE", "write the image's id to FILE"),
    flag<&BuildFlags::jobs>("jobs", 0, "N", "build at most N stages at the same time; as many as there are processors"),
    flag<&BuildFlags::label>("label", 0, "KEY=VALUE", "label the image"),
    flag<&BuildFlags::memory>("memory", 'm', "SIZE", "memory every step may use at most, such as 4g"),
    flag<&BuildFlags::memory_swap>("memory-swap", 0, "SIZE", "memory and swap together; -1 for unlimited swap"),
    flag<&BuildFlags::metadata_file>("metadata-file", 0, "FILE", "write the image's digest and names to FILE, as JSON"),
    flag<&BuildFlags::network>("network", 0, "NETWORK", "what RUN steps see: the host's network, or none", kNetworks),
    flag<&BuildFlags::no_cache>("no-cache", 0, "", "run every step, also those that have been run before"),
    flag<&BuildFlags::no_cache_filter>("no-cache-filter", 0, "STAGE", "run every step of the stage; may be repeated"),
    flag<&BuildFlags::output>("output", 'o', "DIR|type=TYPE,dest=PATH",
                              "write the result there: its files (local, tar) or an image archive (oci, docker)"),
    flag<&BuildFlags::platform>("platform", 0, "OS/ARCHITECTURE", "this machine's, and no other"),
    flag<&BuildFlags::progress>("progress", 0, "HOW", "how to show what happens", kProgress),
    flag<&BuildFlags::pull>("pull", 0, "", "pull base images anew, also those that are here"),
    flag<&BuildFlags::quiet>("quiet", 'q', "", "print nothing but the image's id"),
    flag<&BuildFlags::report>("report", 0, "FILE",
                              "write a page about the build: when which step ran, and what makes the image big"),
    flag<&BuildFlags::secret>("secret", 0, "id=NAME[,src=FILE]",
                              "what RUN --mount=type=secret shows to a step; env=VARIABLE takes it from ours"),
    flag<&BuildFlags::shm_size>("shm-size", 0, "SIZE", "size of /dev/shm of every step"),
    flag<&BuildFlags::ssh>("ssh", 0, "default|NAME=SOCKET", "the agent that RUN --mount=type=ssh shows to a step"),
    flag<&BuildFlags::tag>("tag", 't', "NAME[:TAG]", "name the image; may be repeated"),
    flag<&BuildFlags::target>("target", 0, "STAGE", "build this stage and not the last one"),
    flag<&BuildFlags::ulimit>("ulimit", 0, "NAME=SOFT[:HARD]", "set a resource limit of every step"),
};

}  // namespace

const CommandFor<BuildFlags> kBuildCommand(Command{
    .name = "build",
    .summary = "build an image from a Dockerfile",
    .arguments = "PATH|URL|-",
    .details =
        "PATH is the folder that COPY takes files from; what .dockerignore names stays out. It may also be an archive "
        "on "
        "standard input ('-') or at a URL, or a git repository (URL.git#REF:FOLDER); -f then names a file in it. A "
        "step that was run before "
        "on the same files with the same words is not run again.\n\n"
        "RUN steps see the host's network and its proxy variables, which leave no trace in the image. With "
        "--host-ca=auto they trust what this host trusts when that is more than its distribution ships.\n\n"
        "With SOURCE_DATE_EPOCH, a number of seconds, nothing in the image is newer than that time, and the same files "
        "give the same image again.",
    .examples = "aictr build -t my-app .\n"
                "aictr build -t my-app -f docker/Dockerfile --build-arg VERSION=2 .\n"
                "aictr build --target test --progress plain .\n"
                "aictr build https://example.com/my-app.git#main:docker",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::files,
    .later = kLater,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
