#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sys_process.h"
#include "base/unique_fd.h"
#include "oci/runtime_record.h"
#include "runtime/cgroup.h"
#include "runtime/container.h"
#include "runtime/criu.h"
#include "runtime/handshake.h"
#include "runtime/init.h"
#include "runtime/net_devices.h"
#include "runtime/plan.h"
#include "runtime/resctrl.h"
#include "runtime/scope.h"
#include "runtime/state_file.h"

namespace aictr::runtime {

enum class Start { when_told, at_once };

// A container in the making, on the parent's side: each step is one function, in the order of create.cpp. Destroyed
// before finish(), it takes down what has been made.
class Creation {
 public:
  Creation(const StateRoot& root, CreateRequest request, Plan plan, Start start);
  Creation(const Creation&) = delete;
  Creation& operator=(const Creation&) = delete;
  ~Creation();

  Result<void> open_sources();
  Result<void> claim_id();
  Result<void> make_cgroup();                                // and what else limits its use of the machine
  Result<void> start_process();                              // returns in the parent only
  Result<void> restore_process(const CriuOptions& options);  // instead of start_process() and what follows it
  Result<void> map_ids();
  Result<void> move_net_devices();
  Result<void> give_cgroup_away();  // to the container, where it may manage it
  Result<void> write_record();
  Result<void> attend_process();  // hooks, and whatever the child asks for, until it is ready
  Result<void> hand_over();       // the terminal and the number, to who asked for them
  Result<void> see_it_start();    // when it is to start at once
  Created finish();

 private:
  oci::RuntimeRecord first_record() const;
  Inheritance inheritance(Handshake handshake);
  Result<void> start_scope();
  Result<void> prepare_resctrl();
  Result<void> save_record();
  Result<void> tell(Step step, std::string_view text = {});
  Result<HandshakeMessage> next_message();
  Result<void> run_host_hooks();
  const oci::Linux& linux_part() const;

  const StateRoot& root_;
  CreateRequest request_;
  Plan plan_;
  Start start_;
  oci::RuntimeRecord record_;
  CgroupHost host_;
  std::vector<OpenNamespace> namespaces_;
  std::vector<UniqueFd> binds_;
  std::optional<StateFile> file_;
  std::optional<Scope> scope_;
  std::optional<Cgroup> cgroup_;
  std::optional<ResctrlGroup> resctrl_;
  std::optional<Handshake> handshake_;
  sys::Cloned process_;
  UniqueFd terminal_;
  std::optional<NetDevices> net_devices_;
  bool hooks_ran_ = false;
};

}  // namespace aictr::runtime
