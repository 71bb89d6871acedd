#include "cli/commands.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "cli/build_command.h"
#include "cli/builder_cache_command.h"
#include "cli/cdi_command.h"
#include "cli/commit_command.h"
#include "cli/completion_command.h"
#include "cli/control_command.h"
#include "cli/cp_command.h"
#include "cli/diff_command.h"
#include "cli/doctor_command.h"
#include "cli/ended_command.h"
#include "cli/events_command.h"
#include "cli/exec_command.h"
#include "cli/export_command.h"
#include "cli/health_command.h"
#include "cli/help_command.h"
#include "cli/history_command.h"
#include "cli/image_prune_command.h"
#include "cli/images_command.h"
#include "cli/import_command.h"
#include "cli/info_command.h"
#include "cli/inspect_command.h"
#include "cli/load_command.h"
#include "cli/login_command.h"
#include "cli/logs_command.h"
#include "cli/manifest_inspect_command.h"
#include "cli/network_command.h"
#include "cli/ps_command.h"
#include "cli/pull_command.h"
#include "cli/push_command.h"
#include "cli/rm_command.h"
#include "cli/rmi_command.h"
#include "cli/run_command.h"
#include "cli/save_command.h"
#include "cli/start_command.h"
#include "cli/stats_command.h"
#include "cli/stop_command.h"
#include "cli/system_check_command.h"
#include "cli/system_df_command.h"
#include "cli/system_prune_command.h"
#include "cli/tag_command.h"
#include "cli/top_command.h"
#include "cli/version_command.h"
#include "cli/volume_command.h"

namespace aictr::cli {
namespace {

// By heading, in the order in which a person meets them.
const Command* const kCommands[] = {
    &kRunCommand,
    &kBuildCommand,
    &kImagesCommand,
    &kPsCommand,
    &kInspectCommand,
    &kExecCommand,
    &kLogsCommand,
    &kCreateCommand,
    &kStartCommand,
    &kStopCommand,
    &kRestartCommand,
    &kKillCommand,
    &kPauseCommand,
    &kUnpauseCommand,
    &kWaitCommand,
    &kAttachCommand,
    &kRenameCommand,
    &kEventsCommand,
    &kRmCommand,
    &kTopCommand,
    &kStatsCommand,
    &kDiffCommand,
    &kCpCommand,
    &kExportCommand,
    &kCommitCommand,
    &kPortCommand,
    &kNetworkCreateCommand,
    &kNetworkListCommand,
    &kNetworkInspectCommand,
    &kNetworkRemoveCommand,
    &kNetworkConnectCommand,
    &kNetworkDisconnectCommand,
    &kNetworkPruneCommand,
    &kHistoryCommand,
    &kTagCommand,
    &kPullCommand,
    &kPushCommand,
    &kLoginCommand,
    &kLogoutCommand,
    &kSaveCommand,
    &kLoadCommand,
    &kImportCommand,
    &kManifestInspectCommand,
    &kRmiCommand,
    &kImagePruneCommand,
    &kVolumeCreateCommand,
    &kVolumeListCommand,
    &kVolumeInspectCommand,
    &kVolumeRemoveCommand,
    &kVolumePruneCommand,
    &kSystemDfCommand,
    &kSystemPruneCommand,
    &kSystemCheckCommand,
    &kBuilderPruneCommand,
    &kBuilderCacheListCommand,
    &kBuilderCacheRemoveCommand,
    &kBuilderCacheExportCommand,
    &kBuilderCacheImportCommand,
    &kCdiListCommand,
    &kCdiValidateCommand,
    &kCdiGenerateCommand,
    &kInfoCommand,
    &kDoctorCommand,
    &kVersionCommand,
    &kHelpCommand,
    &kCompletionCommand,
    &kManCommand,
    &kCompleteCommand,
    &kEndedCommand,
    &kHealthCommand,
};

// Docker's commands that are not here yet.
constexpr std::string_view kLater[] = {"builder", "container", "image", "manifest", "prune", "system", "update"};

bool begins_with(std::span<const std::string> words, std::span<const std::string> name) {
  return words.size() >= name.size() && std::equal(name.begin(), name.end(), words.begin());
}

// `volume` alone, or with a word that is none of its commands.
std::vector<std::string> second_words(const std::string& first) {
  std::vector<std::string> found;
  for (const Command* command : all_commands()) {
    auto name = aictr::words(command->name);
    if (name.size() > 1 && name[0] == first && command->group != Group::hidden) found.push_back(name[1]);
  }
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Error unknown(const std::string& word) {
  auto seconds = second_words(word);
  if (!seconds.empty())
    return make_error(Kind::usage, fmt::format("'{}' needs a second word: {}", word, join(seconds, ", ")),
                      "see 'aictr --help'");
  if (std::ranges::find(kLater, word) != std::end(kLater)) {
    return make_error(Kind::unsupported, fmt::format("the command '{}' is not supported yet", word),
                      "see 'aictr --help'");
  }
  std::vector<std::string> names;
  for (const Command* command : all_commands()) {
    if (command->group != Group::hidden) names.emplace_back(command->name);
  }
  auto meant = nearest(word, names);
  return make_error(
      Kind::usage,
      fmt::format("unknown command '{}'{}", word, meant ? fmt::format(", did you mean '{}'?", *meant) : ""),
      "see 'aictr --help'");
}

}  // namespace

std::span<const Command* const> all_commands() {
  return kCommands;
}

Result<Found> find_command(std::span<const std::string> words) {
  Found found;
  for (const Command* command : all_commands()) {
    auto name = aictr::words(command->name);
    if (name.size() > found.words && begins_with(words, name)) found = {command, name.size()};
  }
  if (found.command != nullptr) return found;
  return unknown(words.empty() ? "" : words[0]);
}

}  // namespace aictr::cli
