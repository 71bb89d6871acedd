#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/runtime_spec.h"
#include "runtime/container.h"

namespace aictr::runtime {

// One more process in a container that runs.
struct ExecRequest {
  std::string id;

  // What it leaves open is as the container's own process has it: capabilities, limits, labels, scheduling.
  oci::Process process;

  std::map<int, int> extra_fds;  // as CreateRequest's
  std::string console_socket;    // as CreateRequest's
  std::string pidfd_socket;      // as CreateRequest's
  bool plain_newlines = false;   // as CreateRequest's
  std::string pid_file;
  bool in_paused = false;        // also in a paused container, where it waits for resume()
  bool die_with_parent = false;  // as CreateRequest's

  // Cgroups below the container's to be in: "path", or "controller,controller:path" for hierarchies of cgroup v1.
  std::vector<std::string> cgroups;
};

// Returns once the process is its program. It is a child of the caller, who reaps it. Kind::not_found without such a
// container, Kind::busy when it is stopped or paused, Kind::exec when the program cannot be executed. The caller must
// be single-threaded and have called protect_self(); it cannot be looked into (PR_SET_DUMPABLE) afterwards.
Result<Created> exec(const StateRoot& root, ExecRequest request);

// The process that the container was made with; what exec's starts from.
Result<oci::Process> process_of(const StateRoot& root, const std::string& id);

}  // namespace aictr::runtime
