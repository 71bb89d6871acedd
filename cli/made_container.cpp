#include "cli/made_container.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/scope.h"
#include "base/sys.h"
#include "base/trace.h"
#include "cli/container_network.h"
#include "cli/pull_missing.h"
#include "cli/report.h"
#include "cli/run_gpus.h"
#include "cli/run_life.h"
#include "cli/run_mounts.h"
#include "cli/run_network.h"
#include "cli/run_spec.h"
#include "cli/settled_flags.h"

namespace aictr::cli {
namespace {

Result<void> write_cidfile(const std::string& path, const std::string& id) {
  UniqueFd fd = TRY_AS("--cidfile", sys::open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0644));
  return sys::write_all(fd.get(), id);
}

Result<Container> record_of(const RunFlags& flags, const std::vector<std::string>& arguments,
                            const images::Image& image, const oci::Spec& spec) {
  Container container;
  container.name = flags.name;
  container.image = arguments[0];
  container.image_id = image.id.text();
  container.command = spec.process->args;
  container.flags = words_of(kRunCommand, flags);
  container.arguments = {arguments.begin() + 1, arguments.end()};
  container.labels = image.config.config.labels;
  auto labels = TRY(container_labels(flags));
  labels.merge(container.labels);  // the flags' win over the image's
  container.labels = std::move(labels);
  container.remove_at_end = flags.remove;
  container.network = TRY(run_network(flags, image.config.config, usual_network()));
  return container;
}

}  // namespace

Result<std::optional<MadeContainer>> make_container(const Globals& globals, const ContainerPlaces& places,
                                                    const RunFlags& given, const std::vector<std::string>& arguments,
                                                    bool waits_for_start) {
  HostFacts host = TRY(HostFacts::read());
  RunFlags flags = TRY(settle_flags(given, host.current_directory));
  images::Store store = TRY(images::Store::open(globals.root));
  std::optional<FileLock> keeping_images = TRY(store.hold());  // until the record does
  if (!TRY(pull_if_wanted(store, arguments[0], flags.pull, globals))) return std::optional<MadeContainer>();
  images::Image image = TRY(store.find(arguments[0]));
  TRY(check_gpu_wishes({flags.gpus, flags.driver_root, {}}));
  std::vector<std::string> chosen;
  oci::Spec spec = TRY(run_spec(flags, image.config.config, {arguments.begin() + 1, arguments.end()}, host, chosen));
  TRY(check_life(flags, image.config.config));
  for (const std::string& choice : chosen) report_choice(globals, choice);
  trace_step("spec made");

  const Containers& containers = places.containers;
  Container record = TRY(record_of(flags, arguments, image, spec));
  record.waits_for_start = waits_for_start;
  TRY(check_network(globals, record.network));
  RunMounts mounts = TRY(RunMounts::prepare(flags, image.config.config, containers, host.current_directory));
  record.mounts = mounts.list();
  add_mounts(spec, record.mounts);
  FileLock lock = TRY(containers.create(record));
  mounts.recorded();
  UniqueFd claim = TRY(sys::duplicate(lock.fd()));
  if (!flags.cidfile.empty()) {
    auto written = write_cidfile(flags.cidfile, record.id);
    if (!written.ok()) {
      ignore(containers.remove(record, places.states, runtime::Force::yes, Containers::OwnVolumes::remove));
      return std::move(written).error();
    }
  }
  trace_step("container recorded");
  return std::optional(MadeContainer{std::move(record), std::move(claim), std::move(flags),
                                     std::move(image.config.config), std::move(image.config.diff_ids),
                                     std::move(spec)});
}

Result<RunFlags> flags_of(const Container& container) {
  RunFlags flags;
  std::vector<std::string> words = container.flags;
  words.push_back(container.image);
  auto parsed = parse_flags(kRunCommand, words, &flags);
  if (parsed.ok()) return flags;
  return std::move(parsed)
      .error()
      .context(fmt::format("container '{}' was made by another version of aictr", container.name))
      .with_hint(fmt::format("`aictr rm {}`, and make it again", container.name));
}

Result<MadeContainer> take_container(const Globals& globals, const ContainerPlaces& places, Container record) {
  FileLock lock = TRY(places.containers.take(record));
  UniqueFd claim = TRY(sys::duplicate(lock.fd()));
  return make_again(globals, std::move(record), std::move(claim));
}

Result<MadeContainer> make_again(const Globals& globals, Container record, UniqueFd claim) {
  RunFlags flags = TRY(flags_of(record));
  images::Store store = TRY(images::Store::open(globals.root));
  images::Image image = TRY_AS("the image of the container", store.find(record.image_id));
  HostFacts host = TRY(HostFacts::read());
  std::vector<std::string> chosen;
  oci::Spec spec = TRY(run_spec(flags, image.config.config, record.arguments, host, chosen));
  add_mounts(spec, record.mounts);
  return MadeContainer{std::move(record),
                       std::move(claim),
                       std::move(flags),
                       std::move(image.config.config),
                       std::move(image.config.diff_ids),
                       std::move(spec)};
}

}  // namespace aictr::cli
