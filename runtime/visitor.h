#pragma once

#include "runtime/exec.h"
#include "runtime/handshake.h"
#include "runtime/process_setup.h"

namespace aictr::runtime {

// What a process that joins a container has from the process that made it. It is in the container's cgroup and
// namespaces when it is born, and has no other descriptors than these.
struct VisitorInheritance {
  const ExecRequest& request;
  const ProcessPlan& plan;
  bool own_keyring;
  Handshake handshake;
};

// The child's side of exec(): becomes its program. Every error goes to the parent.
[[noreturn]] void run_visitor(VisitorInheritance inheritance);

}  // namespace aictr::runtime
