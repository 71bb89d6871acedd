#include "images/stage_worker.h"

#include <unistd.h>

namespace aictr::images {
namespace {

using Topic = WorkerMessage::Topic;

// The build answers when that stage is there.
Result<BuiltStage> ask_for(std::size_t stage, const WorkerChannel& channel) {
  TRY(channel.send(Topic::need, stage, {}));
  auto answer = TRY(channel.receive());
  if (!answer || answer->topic != Topic::built) return make_error(Kind::internal, "the build is gone");
  return parse_stage(answer->text);
}

}  // namespace

void run_stage_worker(const Dockerfile& file, const Plan& plan, std::size_t stage, const StageTools& tools,
                      const WorkerChannel& channel) {
  ChannelObserver observer(channel);
  StageTools own{tools.store,   tools.cache, tools.executor,  tools.contexts,         tools.context_digests,
                 tools.secrets, observer,    tools.use_cache, tools.source_date_epoch};
  auto find_stage = [&](std::size_t other) { return ask_for(other, channel); };
  auto built = StageBuilder(file, plan, stage, own, find_stage).build();
  ignore(channel.send(Topic::digests, 0, tools.context_digests.used()));
  ignore(built.ok() ? channel.send(Topic::built, stage, print_stage(built.value()))
                    : channel.send(Topic::failed, stage, print_error(built.error())));
  ::_exit(0);
}

}  // namespace aictr::images
