#include "images/step_executor.h"

#include <fcntl.h>

#include <fmt/core.h>
#include <time.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "images/archive_magic.h"
#include "images/copy.h"
#include "images/copy_owner.h"
#include "images/layer_unpack.h"
#include "images/root_directory.h"
#include "images/snapshot.h"
#include "images/stage_variables.h"
#include "images/step_hint.h"
#include "images/upper_directory.h"

namespace aictr::images {
namespace {

// A proxy that the stage has set itself stays as it is.
std::vector<std::string> with_proxies(std::vector<std::string> environment, const std::vector<std::string>& proxies) {
  std::vector<std::string> added;
  for (const std::string& proxy : proxies) {
    if (!find_variable(environment, proxy.substr(0, proxy.find('=')))) added.push_back(proxy);
  }
  environment.insert(environment.end(), added.begin(), added.end());
  return environment;
}

Result<void> put_script(int root, const RunAction::Script& script) {
  UniqueFd folder = TRY(open_in_root(root, std::string(kScriptDirectory), {}));
  std::string name = script.path.substr(kScriptDirectory.size() + 1);
  UniqueFd file = TRY(sys::open(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL, 0755));
  TRY(sys::write_all(file.get(), script.content));
  return sys::chmod(file.get(), 0755);
}

// Hands on what a step prints, and remembers the end of it.
class Tail {
 public:
  explicit Tail(const OutputSink& next) : next_(next) {}
  void add(std::string_view text) {
    next_(text);
    end_ += text;
    if (end_.size() > 2 * kKept) end_.erase(0, end_.size() - kKept);
  }
  const std::string& end() const { return end_; }

 private:
  static constexpr std::size_t kKept = 64 * 1024;
  const OutputSink& next_;
  std::string end_;
};

Error ended_badly(const RunAction& action, const StepEnd& end, std::string_view printed) {
  std::string command = join(action.arguments, " ");
  std::string_view line = std::string_view(command).substr(0, command.find('\n'));
  constexpr std::size_t kLongest = 200;
  bool cut = line.size() < command.size() || line.size() > kLongest;
  return make_error(
      Kind::internal,
      fmt::format("'{}{}' ended with exit code {}", line.substr(0, kLongest), cut ? "…" : "", end.exit_code),
      hint_for(end, printed));
}

// The item's file, when it is one that ADD unpacks.
Result<UniqueFd> archive_of(const SourceItem& item) {
  if (item.is_directory() || !S_ISREG(item.entries.front().st.st_mode)) return UniqueFd();
  UniqueFd file = TRY(item.open(item.entries.front(), O_RDONLY));
  if (!TRY(is_archive(file.get()))) return UniqueFd();
  return item.open(item.entries.front(), O_RDONLY);
}

// As `tar -x` does in the destination, which is a directory whatever its name looks like. Owners stay those of the
// archive unless --chown is given.
Result<void> unpack(int archive, int root, const std::string& destination, const std::optional<Owner>& owner) {
  DirectoryAttributes missing;
  if (owner) missing = {0755, owner->uid, owner->gid};
  UniqueFd directory = TRY(open_in_root(root, destination, missing));
  UniqueFd writable = TRY(sys::reopen(directory.get(), O_RDONLY | O_DIRECTORY));
  FdSource bytes(archive);
  TRY(unpack_layer(bytes, writable.get(), {Whiteouts::ordinary, owner}));
  return {};
}

bool same_root(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid;
}

}  // namespace

StepExecutor::StepExecutor(const Store& store, StepRunner& runner, std::vector<std::string> proxies,
                           std::optional<std::int64_t> source_date_epoch)
    : store_(store), runner_(runner), proxies_(std::move(proxies)), source_date_epoch_(source_date_epoch) {}

Result<std::optional<Layer>> StepExecutor::change(Layers layers, const Work& work, const Work& on_upper) {
  LayerDraft draft = TRY(LayerDraft::create(store_));
  UniqueFd root = TRY(mount_layers(store_, layers, Writable{draft.upper(), draft.work()}));
  struct stat before = TRY(sys::stat(root.get()));
  TRY(work(root.get()));
  root.reset();
  UniqueFd upper = TRY(open_directory(AT_FDCWD, draft.upper()));
  if (on_upper) TRY(on_upper(upper.get()));
  bool untouched = TRY(list_directory(upper.get())).empty() && same_root(TRY(sys::stat(upper.get())), before);
  if (untouched) return std::optional<Layer>();
  if (source_date_epoch_) TRY(clamp_times(upper.get(), *source_date_epoch_));
  upper.reset();
  return std::optional<Layer>(TRY(std::move(draft).commit()));
}

Result<std::optional<Layer>> StepExecutor::run(const RunAction& action, Layers layers, StepMounts mounts,
                                               const OutputSink& output) {
  std::optional<MountPoints> mount_points;
  auto execute = [&](int root) -> Result<void> {
    mount_points.emplace(root, mounts.targets());
    if (action.script) TRY(put_script(root, *action.script));
    Step step{TRY(sys::duplicate(root)),
              action.arguments,
              with_proxies(action.environment, proxies_),
              action.user,
              action.working_directory,
              action.network,
              mounts.take()};
    step.environment.insert(step.environment.end(), mounts.environment().begin(), mounts.environment().end());
    Tail tail(output);
    StepEnd end = TRY(runner_.run(std::move(step), [&](std::string_view text) { tail.add(text); }));
    if (end.exit_code != 0) return ended_badly(action, end, tail.end());
    if (action.script) TRY(remove_tree(root, std::string(kScriptDirectory.substr(1))));
    return mount_points->remove_new(root);
  };
  return change(layers, execute, [&](int upper) { return mount_points->remove_touched(upper); });
}

Result<std::optional<Layer>> StepExecutor::make_directory(const MakeDirectoryAction& action, Layers layers) {
  return change(layers, [&](int root) -> Result<void> {
    Owner owner = TRY(find_owner(root, action.user));
    TRY(open_in_root(root, action.path, {0755, owner.uid, owner.gid}));
    return {};
  });
}

Result<std::optional<Layer>> StepExecutor::copy(const CopyAction& action, Layers layers,
                                                std::span<const SourceItem> items, bool keep_owners) {
  CopyOptions options;
  if (!action.chmod.empty()) options.mode = TRY_AS("--chmod", ModeChange::parse(action.chmod));
  return change(layers, [&](int root) -> Result<void> {
    std::optional<Owner> wanted;
    if (!action.chown.empty()) wanted = TRY_AS("--chown", find_owner(root, action.chown));
    options.owner = keep_owners ? wanted : wanted.value_or(Owner{});
    bool several = items.size() + action.documents.size() > 1;
    CopyDestination destination{action.destination, action.into_directory, several};
    Copier copier(root, options);
    for (const SourceItem& item : items) {
      UniqueFd archive = item.unpack ? TRY(archive_of(item)) : UniqueFd();
      if (archive) {
        TRY_AS(fmt::format("unpack '{}'", item.name), unpack(archive.get(), root, action.destination, wanted));
      } else {
        TRY(copier.copy(item, destination));
      }
    }
    for (const auto& document : action.documents) TRY(copier.write(document.name, document.content, destination));
    return {};
  });
}

}  // namespace aictr::images
