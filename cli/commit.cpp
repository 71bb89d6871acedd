#include "images/commit.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/stop_signals.h"
#include "base/text.h"
#include "cli/commit_command.h"
#include "cli/container_tree.h"
#include "cli/creation_time.h"
#include "cli/privilege.h"
#include "cli/report.h"
#include "images/config_change.h"
#include "runtime/control.h"

namespace aictr::cli {
namespace {

// What the container runs, beyond what its image says.
oci::ContainerConfig config_of(const Container& container, const oci::ContainerConfig& image) {
  oci::ContainerConfig config = image;
  const std::vector<std::string>& command = container.command;
  std::vector<std::string> entrypoint = image.entrypoint.value_or(std::vector<std::string>());
  bool as_image =
      command.size() >= entrypoint.size() && std::equal(entrypoint.begin(), entrypoint.end(), command.begin());
  if (!as_image) {
    entrypoint.clear();
    config.entrypoint.reset();
  }
  config.cmd = {command.begin() + static_cast<std::ptrdiff_t>(entrypoint.size()), command.end()};
  for (const auto& [name, value] : container.labels) config.labels[name] = value;
  return config;
}

// No signal ends us while the container is paused: it would stay so.
Result<std::optional<images::Layer>> save_layer(const ContainerTree& files, const images::Store& store, bool pause) {
  std::optional<StopSignals> signals;
  bool pauses = false;
  if (pause && files.has_process()) {
    StopSignals held = TRY(StopSignals::hold());
    signals.emplace(std::move(held));
    auto paused = runtime::pause(files.states(), files.container().id);
    if (!paused.ok() && paused.error().kind != Kind::busy) return std::move(paused).error();
    pauses = paused.ok();  // busy: somebody else has paused it, or it has ended
  }
  Defer resume([&] {
    if (pauses) ignore(runtime::resume(files.states(), files.container().id));
  });
  UniqueFd upper = TRY(files.upper());
  UniqueFd lower = TRY(files.lower());
  auto changes = TRY(files.changes());
  auto epoch = TRY(source_date_epoch());
  return images::save_changes(store, upper.get(), lower.get(), changes, epoch);
}

}  // namespace

Result<int> commit(const Globals& globals, const CommitFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  images::Commit commit;
  if (arguments.size() > 1) commit.names.push_back(TRY(oci::Reference::parse(arguments[1])));
  ContainerTree files = TRY(ContainerTree::open(globals, arguments[0]));
  commit.config = config_of(files.container(), files.image().config.config);
  for (const std::string& change : flags.changes) {
    TRY_AS(fmt::format("--change '{}'", change), images::apply_change(commit.config, change));
  }
  commit.created = TRY(creation_time());
  commit.author = flags.author;
  commit.message = flags.message;
  commit.command = join(files.container().command, " ");
  auto layer = TRY(save_layer(files, files.store(), flags.pause));
  images::Image image = TRY(images::commit_image(files.store(), files.image(), layer, commit));
  TRY(print(image.id.text() + "\n"));
  return 0;
}

}  // namespace aictr::cli
