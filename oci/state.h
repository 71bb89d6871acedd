#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::oci {

// What `state` prints and hooks get on their standard input (runtime.md of the runtime specification, and the members
// runc adds: rootfs, created, owner).
struct State {
  std::string oci_version;
  std::string id;
  pid_t pid = 0;        // 0 once stopped
  std::string status;   // creating created running paused stopped
  std::string bundle;   // absolute
  std::string rootfs;   // absolute
  std::string created;  // RFC 3339
  std::map<std::string, std::string> annotations;
  std::string owner;
};

// What whoever answers seccomp notifications gets with their descriptor (config-linux.md, "The Container Process
// State"): `pid` is of the process that they come from.
struct ContainerProcessState {
  std::string oci_version;
  std::vector<std::string> fds;  // what each descriptor of the message is
  pid_t pid = 0;
  std::string metadata;
  State state;
};
std::string print_container_process_state(const ContainerProcessState& state);

std::string print_state(const State& state);                 // indented, for people
std::string print_states(const std::vector<State>& states);  // one line; "null" for none, as runc prints

}  // namespace aictr::oci
