#include "cli/report.h"
#include "cli/runtime_body.h"
#include "oci/json.h"
#include "runtime/mount_options.h"
#include "runtime/privileges.h"
#include "runtime/scheduling.h"
#include "runtime/seccomp.h"

namespace aictr::cli {
namespace {

constexpr CommandFor<NoFlags> kFeatures = Command{
    .name = "features",
    .summary = "print what this runtime can do, as JSON",
    .max_arguments = 0,
    .program = "aictr-runtime",
};

oci::Json list(const std::vector<std::string>& texts) {
  oci::Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return oci::Json(std::move(array));
}

oci::Json enabled(bool is) {
  oci::Json object;
  object.set("enabled", oci::Json(is));
  return object;
}

oci::Json cgroup() {
  oci::Json object;
  for (const char* name : {"v1", "v2", "systemd", "systemdUser", "rdma"}) object.set(name, oci::Json(true));
  return object;
}

oci::Json seccomp() {
  const runtime::SeccompWords words = runtime::known_seccomp_words();
  oci::Json object = enabled(true);
  object.set("actions", list(words.actions));
  object.set("operators", list(words.operators));
  object.set("archs", list(words.architectures));
  object.set("knownFlags", list(words.flags));
  object.set("supportedFlags", list(words.flags));
  return object;
}

oci::Json memory_policy() {
  oci::Json object;
  object.set("modes", list(runtime::memory_policy_modes()));
  object.set("flags", list(runtime::memory_policy_flags()));
  return object;
}

oci::Json linux_part() {
  oci::Json extensions;
  extensions.set("idmap", enabled(true));
  oci::Json object;
  object.set("namespaces", list({"cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"}));
  object.set("capabilities", list(runtime::capability_names()));
  object.set("cgroup", cgroup());
  object.set("seccomp", seccomp());
  object.set("apparmor", enabled(true));
  object.set("selinux", enabled(true));
  oci::Json rdt = enabled(true);
  rdt.set("schemata", oci::Json(true));
  rdt.set("monitoring", oci::Json(true));
  object.set("intelRdt", std::move(rdt));
  object.set("memoryPolicy", memory_policy());
  object.set("mountExtensions", std::move(extensions));
  object.set("netDevices", enabled(true));
  return object;
}

// features.md and features-linux.md of the runtime specification.
Result<int> features(const RuntimeContext&, NoFlags&, const std::vector<std::string>&) {
  oci::Json all;
  all.set("ociVersionMin", oci::Json(std::string("1.0.0")));
  all.set("ociVersionMax", oci::Json(std::string(oci::kRuntimeSpecVersion)));
  all.set("hooks", list({"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"}));
  all.set("mountOptions", list(runtime::known_mount_options()));
  all.set("linux", linux_part());
  all.set("potentiallyUnsafeConfigAnnotations", list({"org.systemd.property."}));
  TRY(print(oci::print_json(all, 2) + "\n"));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> features_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<NoFlags, features>(kFeatures)};
  return kBodies;
}

}  // namespace aictr::cli
