#pragma once

#include "runtime/cgroup.h"
#include "runtime/exec.h"
#include "runtime/handshake.h"
#include "runtime/process_setup.h"
#include "runtime/procfs.h"
#include "runtime/surroundings.h"

namespace aictr::runtime {

// What a process that joins a container has from the process that made it.
struct VisitorInheritance {
  const ExecRequest& request;
  const ProcessPlan& plan;
  const Cgroup& cgroup;
  const Surroundings& place;
  bool own_keyring;
  Procfs proc;
  Handshake handshake;
};

// The child's side of exec(): enters the container and becomes its program. Every error goes to the parent.
[[noreturn]] void run_visitor(VisitorInheritance inheritance);

}  // namespace aictr::runtime
