#include "cli/cdi_command.h"
#include "cli/completion_command.h"
#include "cli/control_command.h"
#include "cli/diff_command.h"
#include "cli/doctor_command.h"
#include "cli/ended_command.h"
#include "cli/exec_command.h"
#include "cli/help_command.h"
#include "cli/history_command.h"
#include "cli/image_prune_command.h"
#include "cli/images_command.h"
#include "cli/info_command.h"
#include "cli/inspect_command.h"
#include "cli/logs_command.h"
#include "cli/network_command.h"
#include "cli/program.h"
#include "cli/ps_command.h"
#include "cli/rm_command.h"
#include "cli/rmi_command.h"
#include "cli/run_command.h"
#include "cli/start_command.h"
#include "cli/stats_command.h"
#include "cli/stop_command.h"
#include "cli/system_df_command.h"
#include "cli/system_prune_command.h"
#include "cli/tag_command.h"
#include "cli/top_command.h"
#include "cli/version_command.h"
#include "cli/volume_command.h"

using namespace aictr::cli;

int main(int argc, char** argv) {
  constexpr Body kBodies[] = {
      bind<CdiListFlags, cdi_list>(kCdiListCommand),
      bind<CdiValidateFlags, cdi_validate>(kCdiValidateCommand),
      bind<CdiGenerateFlags, cdi_generate>(kCdiGenerateCommand),
      bind<NoFlags, completion>(kCompletionCommand),
      bind<NoFlags, complete_words>(kCompleteCommand),
      bind<DoctorFlags, doctor>(kDoctorCommand),
      bind<NoFlags, diff>(kDiffCommand),
      bind<NoFlags, help>(kHelpCommand),
      bind<HistoryFlags, history>(kHistoryCommand),
      bind<ImagesFlags, images>(kImagesCommand),
      bind<InfoFlags, info>(kInfoCommand),
      bind<InspectFlags, inspect>(kInspectCommand),
      bind<NetworkCreateFlags, network_create>(kNetworkCreateCommand),
      bind<NetworkListFlags, network_list>(kNetworkListCommand),
      bind<NetworkInspectFlags, network_inspect>(kNetworkInspectCommand),
      bind<NetworkRemoveFlags, network_remove>(kNetworkRemoveCommand),
      bind<NetworkConnectFlags, network_connect>(kNetworkConnectCommand),
      bind<NetworkDisconnectFlags, network_disconnect>(kNetworkDisconnectCommand),
      bind<NetworkPruneFlags, network_prune>(kNetworkPruneCommand),
      bind<NoFlags, port>(kPortCommand),
      bind<PsFlags, ps>(kPsCommand),
      bind<RmFlags, rm>(kRmCommand),
      bind<NoFlags, man>(kManCommand),
      bind<RmiFlags, rmi>(kRmiCommand),
      bind<ImagePruneFlags, image_prune>(kImagePruneCommand),
      bind<RunFlags, create>(kCreateCommand),
      bind<AttachFlags, attach>(kAttachCommand),
      bind<EndedFlags, ended>(kEndedCommand),
      bind<ExecFlags, exec>(kExecCommand),
      bind<KillFlags, kill>(kKillCommand),
      bind<LogsFlags, logs>(kLogsCommand),
      bind<NoFlags, pause>(kPauseCommand),
      bind<NoFlags, rename>(kRenameCommand),
      bind<StartFlags, start>(kStartCommand),
      bind<StopFlags, stop>(kStopCommand),
      bind<StopFlags, restart>(kRestartCommand),
      bind<NoFlags, unpause>(kUnpauseCommand),
      bind<NoFlags, wait>(kWaitCommand),
      bind<RunFlags, run>(kRunCommand),
      bind<StatsFlags, stats>(kStatsCommand),
      bind<SystemDfFlags, system_df>(kSystemDfCommand),
      bind<SystemPruneFlags, system_prune>(kSystemPruneCommand),
      bind<NoFlags, tag>(kTagCommand),
      bind<NoFlags, top>(kTopCommand),
      bind<VersionFlags, version>(kVersionCommand),
      bind<VolumeCreateFlags, volume_create>(kVolumeCreateCommand),
      bind<VolumeInspectFlags, volume_inspect>(kVolumeInspectCommand),
      bind<VolumeListFlags, volume_list>(kVolumeListCommand),
      bind<VolumePruneFlags, volume_prune>(kVolumePruneCommand),
      bind<VolumeRemoveFlags, volume_remove>(kVolumeRemoveCommand),
  };
  return run_program(argc, argv, kBodies, become_images_program);
}
