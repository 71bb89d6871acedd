#include "oci/state.h"

#include "oci/codec.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<State> auto& state) {
  codec("ociVersion", state.oci_version, required);
  codec("id", state.id, required);
  codec("pid", state.pid, required);
  codec("status", state.status, required);
  codec("bundle", state.bundle, required);
  codec("rootfs", state.rootfs, required);
  codec("created", state.created, required);
  codec("annotations", state.annotations);
  codec("owner", state.owner, required);
}

template <class Codec>
void fields(Codec& codec, Is<ContainerProcessState> auto& state) {
  codec("ociVersion", state.oci_version, required);
  codec("fds", state.fds, required);
  codec("pid", state.pid, required);
  codec("metadata", state.metadata);
  codec("state", state.state, required);
}

std::string print_container_process_state(const ContainerProcessState& state) {
  return print_json(Encoder::encode(state));
}

std::string print_state(const State& state) {
  return print_json(Encoder::encode(state), 2);
}

std::string print_states(const std::vector<State>& states) {
  return states.empty() ? "null" : print_json(Encoder::encode(states));
}

}  // namespace aictr::oci
