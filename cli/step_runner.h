#pragma once

#include <optional>

#include "base/result.h"
#include "base/stop_signals.h"
#include "cli/claims.h"
#include "cli/global.h"
#include "cli/run_command.h"
#include "cli/run_spec.h"
#include "images/step_runner.h"

namespace aictr::cli {

// Runs the RUN steps of a build as containers, as `aictr run` does: Docker's default capabilities and seccomp profile,
// the host's network files, and the host's certificate authorities when they are wanted. What it makes for a step is
// gone after it.
class ContainerStepRunner : public images::StepRunner {
 public:
  // `flags`: what of `aictr run` counts for every step: limits, network, --add-host, --host-ca.
  static Result<ContainerStepRunner> make(const Globals& globals, RunFlags flags);

  // While the step is silent, `output` gets an empty text ten times a second. SIGINT, SIGTERM and SIGHUP end the step,
  // which then fails.
  Result<images::StepEnd> run(images::Step step, const images::OutputSink& output) override;

 private:
  ContainerStepRunner(const Globals& globals, RunFlags flags, HostFacts host)
      : globals_(globals), flags_(std::move(flags)), host_(std::move(host)) {}
  Result<oci::Spec> spec_of(const images::Step& step, const std::string& id, const std::string& directory) const;
  Result<void> relay(int from, StopSignals& signals, const images::OutputSink& output);

  const Globals& globals_;
  RunFlags flags_;
  HostFacts host_;
  std::optional<Claims> claims_;  // of the steps that run now
};

// Of builds that were killed. A runner does it by itself before its first step.
Result<void> clear_abandoned_steps(const Globals& globals);

}  // namespace aictr::cli
