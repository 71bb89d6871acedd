#pragma once

#include <optional>
#include <vector>

#include "base/unique_fd.h"
#include "oci/state.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_view.h"
#include "runtime/container.h"
#include "runtime/handshake.h"
#include "runtime/namespaces.h"
#include "runtime/plan.h"
#include "runtime/start_gate.h"

namespace aictr::runtime {

// What the container's first process has from the process that made it.
struct Inheritance {
  const CreateRequest& request;
  const Plan& plan;
  const Cgroup& cgroup;
  CgroupView cgroup_view;
  std::vector<OpenNamespace> namespaces;  // to be joined
  UniqueFd root;                          // a detached mount; none: spec.root.path is opened here
  std::vector<UniqueFd> binds;            // opened already, or empty
  Handshake handshake;
  std::optional<StartGate> gate;  // none: it execs without waiting
  oci::State state;               // for hooks
};

// The child's side of create(): builds the container around itself and becomes its program. Every error goes to the
// parent, or to whoever starts the container.
[[noreturn]] void run_init(Inheritance inheritance);

}  // namespace aictr::runtime
