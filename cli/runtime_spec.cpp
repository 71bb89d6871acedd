#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sys.h"
#include "cli/runtime_body.h"
#include "oci/default_spec.h"

namespace aictr::cli {
namespace {

struct SpecFlags {
  std::string bundle;
  bool rootless = false;
};
constexpr Flag kSpecFlags[] = {
    flag<&SpecFlags::bundle>("bundle", 'b', "DIR", "where to write config.json (the current directory)"),
    flag<&SpecFlags::rootless>("rootless", 0, "", "one that an unprivileged user can run")};

constexpr CommandFor<SpecFlags> kSpec = Command{
    .name = "spec",
    .summary = "write a config.json to start from",
    .flags = kSpecFlags,
    .max_arguments = 0,
    .program = "aictr-runtime",
};

// A shell on the terminal of who runs it, without the right to write to the root: runc's example.
oci::Spec example_spec() {
  oci::Spec spec = oci::default_spec();
  spec.hostname = "aictr";
  spec.root->readonly = true;
  oci::Process& process = *spec.process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  oci::Capabilities& sets = process.capabilities.emplace();
  sets.bounding = sets.effective = sets.permitted = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  process.rlimits = {{"RLIMIT_NOFILE", 1024, 1024}};
  process.no_new_privileges = true;
  return spec;
}

void make_rootless(oci::Spec& spec) {
  oci::Linux& part = *spec.linux_part;
  part.namespaces.push_back({"user", ""});
  part.uid_mappings = {{0, ::geteuid(), 1}};
  part.gid_mappings = {{0, ::getegid(), 1}};
  std::erase_if(part.namespaces, [](const oci::Namespace& ns) { return ns.type == "network"; });
  for (oci::Mount& mount : spec.mounts) {
    std::erase(mount.options, "gid=5");  // that group is not mapped
    if (mount.destination != "/sys") continue;
    mount = oci::Mount{};
    mount.destination = "/sys";
    mount.type = "none";
    mount.source = "/sys";
    mount.options = {"rbind", "nosuid", "noexec", "nodev", "rro"};
  }
  part.resources.reset();
}

Result<int> spec(const RuntimeContext&, SpecFlags& flags, const std::vector<std::string>&) {
  std::string path = (flags.bundle.empty() ? "." : flags.bundle) + "/config.json";
  if (sys::exists(AT_FDCWD, path))
    return make_error(Kind::exists, "file config.json exists. Remove it first", "it would be overwritten");
  oci::Spec example = example_spec();
  if (flags.rootless) make_rootless(example);
  TRY(write_file(AT_FDCWD, path, oci::print_spec(example) + "\n", 0644));
  return 0;
}

}  // namespace

std::span<const RuntimeBody> spec_commands() {
  static constexpr RuntimeBody kBodies[] = {bind_runtime<SpecFlags, spec>(kSpec)};
  return kBodies;
}

}  // namespace aictr::cli
