#include "cli/completion_command.h"
#include "cli/help_command.h"
#include "cli/program.h"
#include "cli/version_command.h"

using namespace aictr::cli;

int main(int argc, char** argv) {
  constexpr Body kBodies[] = {
      bind<VersionFlags, version>(kVersionCommand),    bind<NoFlags, help>(kHelpCommand),
      bind<NoFlags, completion>(kCompletionCommand),   bind<NoFlags, man>(kManCommand),
      bind<NoFlags, complete_words>(kCompleteCommand),
  };
  return run_program(argc, argv, kBodies, become_images_program);
}
