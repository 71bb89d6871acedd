#pragma once

#include <optional>

#include "base/result.h"
#include "base/stop_signals.h"
#include "cli/claims.h"
#include "cli/global.h"
#include "cli/host_ca.h"
#include "images/step_runner.h"

namespace aictr::cli {

// Runs the RUN steps of a build as containers: Docker's default capabilities and seccomp profile, the host's network
// files, and the host's certificate authorities when they are wanted. What it makes for a step is gone after it.
class ContainerStepRunner : public images::StepRunner {
 public:
  ContainerStepRunner(const Globals& globals, HostCa host_ca) : globals_(globals), host_ca_(host_ca) {}

  // While the step is silent, `output` gets an empty text ten times a second. SIGINT, SIGTERM and SIGHUP end the step,
  // which then fails.
  Result<int> run(images::Step step, const images::OutputSink& output) override;

 private:
  Result<void> relay(int from, StopSignals& signals, const images::OutputSink& output);

  const Globals& globals_;
  HostCa host_ca_;
  std::optional<Claims> claims_;  // of the steps that run now
};

// Of builds that were killed. A runner does it by itself before its first step.
Result<void> clear_abandoned_steps(const Globals& globals);

}  // namespace aictr::cli
