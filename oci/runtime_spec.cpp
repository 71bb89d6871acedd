#include "oci/runtime_spec.h"

#include "oci/codec.h"
#include "oci/hook_fields.h"
#include "oci/linux_fields.h"

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

template <class Codec>
void fields(Codec& codec, Is<Root> auto& root) {
  codec("path", root.path, required);
  codec("readonly", root.readonly);
}

template <class Codec>
void fields(Codec& codec, Is<Mount> auto& mount) {
  codec("destination", mount.destination, required);
  codec("type", mount.type);
  codec("source", mount.source);
  codec("options", mount.options);
  codec("uidMappings", mount.uid_mappings);
  codec("gidMappings", mount.gid_mappings);
}

template <class Codec>
void fields(Codec& codec, Is<Spec> auto& spec) {
  codec("ociVersion", spec.oci_version, required);
  codec("process", spec.process);
  codec("root", spec.root);
  codec("hostname", spec.hostname);
  codec("domainname", spec.domainname);
  codec("mounts", spec.mounts);
  codec("hooks", spec.hooks);
  codec("annotations", spec.annotations);
  codec("linux", spec.linux_part);
}

Result<Spec> parse_spec(std::string_view json) {
  Json document = TRY_AS("config.json", parse_json(json));
  return Decoder::decode<Spec>(document, "config.json");
}

std::string print_spec(const Spec& spec) {
  return print_json(Encoder::encode(spec), 2);
}

Result<Process> parse_process(std::string_view json) {
  Json document = TRY_AS("process", parse_json(json));
  return Decoder::decode<Process>(document, "process");
}

}  // namespace aictr::oci
