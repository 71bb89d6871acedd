#include <signal.h>

#include "base/signals.h"
#include "base/sys_process.h"
#include "cli/notify_socket.h"
#include "cli/runtime_body.h"

namespace aictr::cli {
namespace {

struct KillFlags {
  bool all = false;
};
constexpr Flag kKillFlags[] = {hidden(flag<&KillFlags::all>("all", 'a', "", "send it to every process"))};

struct DeleteFlags {
  bool force = false;
};
constexpr Flag kDeleteFlags[] = {
    flag<&DeleteFlags::force>("force", 'f', "", "kill it first; a container that does not exist is no error")};

constexpr CommandFor<NoFlags> kStart = of_container("start", "let the process of a created container run");

constexpr CommandFor<KillFlags> kKill = Command{
    .name = "kill",
    .summary = "send a signal to a container's process",
    .arguments = "ID [SIGNAL]",
    .examples = "aictr-runtime kill ID KILL",
    .flags = kKillFlags,
    .min_arguments = 1,
    .max_arguments = 2,
    .program = "aictr-runtime",
};

constexpr CommandFor<DeleteFlags> kDelete = of_container("delete", "remove a stopped container", kDeleteFlags);

Result<void> start_and_relay(NotifySocket& notify, const runtime::StateRoot& root, const std::string& id) {
  oci::State state = TRY(runtime::state(root, id));
  UniqueFd process = TRY(sys::pidfd_open(state.pid));
  TRY(notify.listen());
  TRY(runtime::start(root, id));
  return notify.relay(state.pid, process.get());
}

Result<int> start(const RuntimeContext& context, NoFlags&, const std::vector<std::string>& arguments) {
  auto notify = NotifySocket::of_service(context.root, arguments[0]);
  TRY(notify ? start_and_relay(*notify, context.root, arguments[0]) : runtime::start(context.root, arguments[0]));
  return 0;
}

Result<int> kill(const RuntimeContext& context, KillFlags& flags, const std::vector<std::string>& arguments) {
  int signal = arguments.size() > 1 ? TRY(parse_signal(arguments[1])) : SIGTERM;
  TRY(runtime::kill(context.root, arguments[0], signal, flags.all));
  return 0;
}

Result<int> remove(const RuntimeContext& context, DeleteFlags& flags, const std::vector<std::string>& arguments) {
  runtime::Force force = flags.force ? runtime::Force::yes : runtime::Force::no;
  auto removed = runtime::remove(context.root, arguments[0], force, warns(context));
  if (!removed.ok() && !(flags.force && removed.error().kind == Kind::not_found)) return std::move(removed).error();
  return 0;
}

}  // namespace

std::span<const RuntimeBody> lifecycle_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<NoFlags, start>(kStart), bind_runtime<KillFlags, kill>(kKill),
                                            bind_runtime<DeleteFlags, remove>(kDelete)};
  return kBodies;
}

}  // namespace aictr::cli
