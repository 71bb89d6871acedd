#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/trace.h"
#include "cli/attach.h"
#include "cli/container.h"
#include "cli/container_spec.h"
#include "cli/exit_code.h"
#include "cli/foreground.h"
#include "cli/host_ca.h"
#include "cli/network_files.h"
#include "cli/privilege.h"
#include "cli/pull_missing.h"
#include "cli/report.h"
#include "cli/run_command.h"
#include "cli/run_spec.h"
#include "images/snapshot.h"
#include "images/store.h"
#include "runtime/container.h"

namespace aictr::cli {
namespace {

Result<Container> record_of(const RunFlags& flags, const std::string& image_name, const images::Image& image,
                            const oci::Spec& spec) {
  Container container;
  container.name = flags.name;
  container.image = image_name;
  container.image_id = image.id.text();
  container.command = spec.process->args;
  container.labels = TRY(key_values("label", flags.label));
  container.remove_at_end = flags.remove;
  return container;
}

// What only the container's id, directory and root can tell.
Result<void> complete(oci::Spec& spec, const RunFlags& flags, const oci::ContainerConfig& image, const Globals& globals,
                      const Container& container, const std::string& directory, int rootfs) {
  spec.linux_part->cgroups_path = "/aictr/" + container.id;
  set_hostname(spec, flags.hostname, container.id);
  TRY(set_user(*spec.process, flags.user.empty() ? image.user : flags.user, flags.group_add, rootfs));
  Network network = TRY(parse_network(flags.network));
  std::string more_hosts = TRY(hosts_lines(flags.add_host));
  TRY(connect_network(spec, network, spec.hostname, more_hosts, directory));
  HostCa when = TRY(parse_host_ca(flags.host_ca));
  auto bundle = TRY(host_ca_bundle(when, globals.runroot));
  if (bundle) TRY(show_host_ca(spec, *bundle, directory));
  if (flags.init) TRY(add_init(spec));
  if (flags.terminal) spec.process->console_size = size_of_our_terminal();
  return {};
}

// Without -i the command reads nothing, and a terminal of its own does not make one of ours.
Result<void> set_standard_input(const RunFlags& flags) {
  if (flags.terminal && ::isatty(STDIN_FILENO) == 0) report_warning("-t: standard input is not a terminal");
  if (flags.interactive) return {};
  UniqueFd null = TRY(sys::open("/dev/null", O_RDONLY));
  return sys::replace(STDIN_FILENO, null.get());
}

Result<void> write_cidfile(const std::string& path, const std::string& id) {
  UniqueFd fd = TRY_AS("--cidfile", sys::open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0644));
  return sys::write_all(fd.get(), id);
}

}  // namespace

Result<int> run(const Globals& globals, const RunFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  Attachment attachment = TRY(Attachment::begin());
  HostFacts host = TRY(HostFacts::read());
  images::Store store = TRY(images::Store::open(globals.root));
  std::optional<FileLock> keeping_images = TRY(store.hold());
  if (!TRY(pull_if_wanted(store, arguments[0], flags.pull, globals))) return kOwnFailure;
  images::Image image = TRY(store.find(arguments[0]));
  std::vector<std::string> chosen;
  oci::Spec spec = TRY(run_spec(flags, image.config.config, {arguments.begin() + 1, arguments.end()}, host, chosen));
  for (const std::string& choice : chosen) report_choice(globals, choice);
  trace_step("spec made");

  Containers containers = TRY(Containers::open(globals.root));
  runtime::StateRoot states = TRY(runtime::StateRoot::open(states_path(globals)));
  Container container = TRY(record_of(flags, arguments[0], image, spec));
  FileLock watching = TRY(containers.create(container));
  Defer discard([&] { ignore(containers.remove(container, states, runtime::Force::yes)); });
  keeping_images.reset();  // from here on the record does
  if (!flags.cidfile.empty()) TRY(write_cidfile(flags.cidfile, container.id));

  std::string directory = containers.directory(container);
  UniqueFd rootfs = TRY(images::mount_layers(store, image.config.diff_ids, containers.writable(container)));
  trace_step("root file system mounted");
  TRY(complete(spec, flags, image.config.config, globals, container, directory, rootfs.get()));
  TRY(set_standard_input(flags));
  trace_step("spec completed");

  runtime::CreateRequest request;
  request.id = container.id;
  request.bundle = directory;
  request.spec = std::move(spec);
  request.rootfs = std::move(rootfs);
  request.die_with_parent = true;
  runtime::Created created = TRY(runtime::create(states, std::move(request)));
  TRY(start_foreground(states, containers, container));
  ignore(containers.sweep(states));  // here it costs no start any time; `ps` and `rm` tell when it fails
  int code = TRY(attend_foreground(states, containers, container, std::move(created), attachment));

  if (flags.remove || !container.exit_code) return code;
  discard.dismiss();
  TRY(runtime::remove(states, container.id, runtime::Force::yes));
  return code;
}

}  // namespace aictr::cli
