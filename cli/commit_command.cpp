#include "cli/commit_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&CommitFlags::author>("author", 'a', "NAME", "who made it"),
    flag<&CommitFlags::changes>("change", 'c', "INSTRUCTION",
                                "apply a Dockerfile instruction, such as 'CMD [\"sh\"]'; may be repeated"),
    flag<&CommitFlags::message>("message", 'm', "TEXT", "a note for the image's history"),
    flag<&CommitFlags::pause>("pause", 'p', "", "stop the container's processes while its files are read (default)"),
};

}  // namespace

const CommandFor<CommitFlags> kCommitCommand(Command{
    .name = "commit",
    .summary = "make an image of a container's changes",
    .arguments = "CONTAINER [NAME[:TAG]]",
    .details =
        "What `aictr diff` lists becomes one more layer on the container's image; the new image runs what the "
        "container runs. --change takes CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, SHELL, "
        "STOPSIGNAL, USER, VOLUME and WORKDIR. The same changes at the same SOURCE_DATE_EPOCH are the same image.",
    .examples = "aictr commit train train:epoch-3\naictr commit -m 'with vim' -c 'CMD [\"vim\"]' box box:vim",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::containers,
    .min_arguments = 1,
    .max_arguments = 2,
});

}  // namespace aictr::cli
