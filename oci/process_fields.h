#pragma once

// The members of Process and what it consists of, for codec.h. Included by .cpp files of oci/ only.

#include "oci/codec.h"
#include "oci/runtime_spec.h"

namespace aictr::oci {

template <class Codec>
void fields(Codec& codec, Is<ConsoleSize> auto& size) {
  codec("height", size.height, required);
  codec("width", size.width, required);
}

template <class Codec>
void fields(Codec& codec, Is<User> auto& user) {
  codec("uid", user.uid, required);
  codec("gid", user.gid, required);
  codec("umask", user.umask);
  codec("additionalGids", user.additional_gids);
}

template <class Codec>
void fields(Codec& codec, Is<Rlimit> auto& limit) {
  codec("type", limit.type, required);
  codec("hard", limit.hard, required);
  codec("soft", limit.soft, required);
}

template <class Codec>
void fields(Codec& codec, Is<Capabilities> auto& sets) {
  codec("bounding", sets.bounding);
  codec("effective", sets.effective);
  codec("inheritable", sets.inheritable);
  codec("permitted", sets.permitted);
  codec("ambient", sets.ambient);
}

template <class Codec>
void fields(Codec& codec, Is<Scheduler> auto& scheduler) {
  codec("policy", scheduler.policy, required);
  codec("nice", scheduler.nice);
  codec("priority", scheduler.priority);
  codec("flags", scheduler.flags);
  codec("runtime", scheduler.runtime);
  codec("deadline", scheduler.deadline);
  codec("period", scheduler.period);
}

template <class Codec>
void fields(Codec& codec, Is<IoPriority> auto& priority) {
  codec("class", priority.priority_class, required);
  codec("priority", priority.priority);
}

template <class Codec>
void fields(Codec& codec, Is<ExecCpuAffinity> auto& affinity) {
  codec("initial", affinity.initial);
  codec("final", affinity.final);
}

template <class Codec>
void fields(Codec& codec, Is<Process> auto& process) {
  codec("terminal", process.terminal);
  codec("consoleSize", process.console_size);
  codec("user", process.user);
  codec("args", process.args);
  codec("env", process.env);
  codec("cwd", process.cwd, required);
  codec("capabilities", process.capabilities);
  codec("rlimits", process.rlimits);
  codec("noNewPrivileges", process.no_new_privileges);
  codec("apparmorProfile", process.apparmor_profile);
  codec("oomScoreAdj", process.oom_score_adj);
  codec("selinuxLabel", process.selinux_label);
  codec("scheduler", process.scheduler);
  codec("ioPriority", process.io_priority);
  codec("execCPUAffinity", process.exec_cpu_affinity);
}

}  // namespace aictr::oci
