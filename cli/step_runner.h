#pragma once

#include <string>

#include "base/result.h"
#include "cli/global.h"
#include "cli/host_ca.h"
#include "images/step_runner.h"

namespace aictr::cli {

// Runs the RUN steps of a build as containers: Docker's default capabilities and seccomp profile, the host's network
// files, and the host's certificate authorities when they are wanted. What it makes for a step is gone after it.
class ContainerStepRunner : public images::StepRunner {
 public:
  ContainerStepRunner(const Globals& globals, HostCa host_ca) : globals_(globals), host_ca_(host_ca) {}

  Result<int> run(images::Step step, const images::OutputSink& output) override;

 private:
  const Globals& globals_;
  HostCa host_ca_;
};

}  // namespace aictr::cli
