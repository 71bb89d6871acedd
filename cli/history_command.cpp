#include "cli/history_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&HistoryFlags::format>("format", 0, "FORMAT", "'table', 'json', or a template such as '{{.CreatedBy}}'"),
    flag<&HistoryFlags::human>("human", 'H', "", "print sizes and times for people; --human=false for programs"),
    flag<&HistoryFlags::no_trunc>("no-trunc", 0, "", "do not shorten what is shown"),
    flag<&HistoryFlags::quiet>("quiet", 'q', "", "print ids only"),
};

}  // namespace

const CommandFor<HistoryFlags> kHistoryCommand(Command{
    .name = "history",
    .summary = "show how an image was made, the latest step first",
    .arguments = "IMAGE",
    .examples = "aictr history my-app\naictr history --no-trunc --format '{{.Size}} {{.CreatedBy}}' my-app",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
