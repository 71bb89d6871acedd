#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "images/global_arguments.h"
#include "images/instruction.h"
#include "images/plan.h"
#include "images/stage_variables.h"

namespace aictr::images {

// Goes through the instructions of one stage and keeps what holds after each: variables, working directory, user,
// shell. Every instruction sees the variables as they were before it.
class StagePlanner {
 public:
  // The stage of the plan that COPY --from names.
  using FindOrigin = std::function<Result<Origin>(const std::string& from)>;

  // `stage` has the base's configuration; it outlives this object, as all that is passed here does.
  StagePlanner(PlannedStage& stage, StageVariables variables, const GlobalArguments& global, char escape,
               FindOrigin find_origin);

  Result<void> add(const RawInstruction& raw, const Instruction& instruction);
  // Settles what is known at the end; the variables go on to the stages that are made from this one.
  StageVariables finish();

 private:
  struct Visitor;

  Result<std::string> expanded(std::string_view text) const;
  void record(std::string created_by);       // a step that only changes the configuration
  PlannedStep& act(std::string created_by);  // one that does something; the caller fills in what
  std::vector<std::string> command(const CommandLine& line) const;

  PlannedStage& stage_;
  StageVariables variables_;
  const GlobalArguments& global_;
  char escape_;
  FindOrigin find_origin_;
  const RawInstruction* raw_ = nullptr;  // the one being added
  bool cmd_is_ours_ = false;
};

}  // namespace aictr::images
