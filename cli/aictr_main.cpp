#include "cli/program.h"
#include "cli/version.h"

using namespace aictr::cli;

int main(int argc, char** argv) {
  constexpr Body kBodies[] = {
      bind<VersionFlags, version>(kVersionCommand),
  };
  return run_program(argc, argv, kBodies, become_images_program);
}
