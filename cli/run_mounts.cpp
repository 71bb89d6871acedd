#include "cli/run_mounts.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "cli/chown_tree.h"
#include "cli/container_volumes.h"
#include "cli/mount_request.h"
#include "cli/volume_fill.h"
#include "runtime/mount_plan.h"

namespace aictr::cli {
namespace {

// Of two mounts on one place the first could not be seen; nobody means that.
Result<void> check_targets_differ(const std::vector<MountRequest>& requests) {
  std::set<std::string> targets;
  for (const MountRequest& request : requests) {
    const std::string& target = request.mount.destination;
    if (targets.insert(target).second) continue;
    return make_error(Kind::usage, fmt::format("two mounts for '{}'", target), "-v, --mount and --tmpfs name it twice");
  }
  return {};
}

Result<void> check_source(const ContainerMount& mount) {
  auto source = sys::stat(AT_FDCWD, mount.source, 0);
  if (source.ok()) return {};
  return std::move(source)
      .error()
      .context(fmt::format("bind mount for '{}'", mount.destination))
      .with_hint("the source of a bind mount is not made by itself: make it, or correct the path");
}

// Docker's local driver: a volume with options is a mount of `device` with mount(8)'s words in `o`.
void set_source(ContainerMount& mount, const Volume& volume, const std::string& data) {
  auto option = [&](const char* key) {
    auto found = volume.options.find(key);
    return found == volume.options.end() ? std::string() : found->second;
  };
  mount.source = volume.options.empty() ? data : option("device");
  if (volume.options.empty()) return;
  mount.fill = false;
  std::string type = option("type");
  bool bind = type.empty() || type == "none" || type == "bind";
  mount.file_system = bind ? "" : type;
  if (!bind) std::erase(mount.options, "rbind");
  for (const std::string& word : split(option("o"), ',')) {
    if (!word.empty() && word != "rw") mount.options.push_back(word);
  }
}

// What programs write to on a root that is read-only, as with Podman: each starts with what the image has there.
constexpr std::pair<const char*, const char*> kWritable[] = {{"/run", "755"}, {"/tmp", "1777"}, {"/var/tmp", "1777"}};

ContainerMount writable_tmpfs(const char* destination, const char* mode) {
  ContainerMount mount;
  mount.kind = "tmpfs";
  mount.destination = destination;
  mount.options = {"nosuid", "nodev", "tmpcopyup", fmt::format("mode={}", mode)};
  return mount;
}

}  // namespace

Result<std::vector<MountRequest>> requested_mounts(const RunFlags& flags, const std::string& current_directory) {
  std::vector<MountRequest> requests;
  for (const std::string& text : flags.volume) requests.push_back(TRY(parse_volume(text, current_directory)));
  for (const std::string& text : flags.mount) requests.push_back(TRY(parse_mount(text, current_directory)));
  for (const std::string& text : flags.tmpfs) requests.push_back(TRY(parse_tmpfs(text)));
  TRY(check_targets_differ(requests));
  return requests;
}

Result<RunMounts> RunMounts::prepare(const RunFlags& flags, const oci::ContainerConfig& image,
                                     const Containers& containers, const std::string& current_directory) {
  RunMounts mounts;
  mounts.root_ = containers.root();
  for (MountRequest& request : TRY(requested_mounts(flags, current_directory))) TRY(mounts.add(std::move(request)));
  for (const std::string& text : flags.volumes_from) TRY(mounts.add_volumes_from(text, containers));
  for (const std::string& path : image.volumes) {
    MountRequest request = TRY_AS("the image's VOLUME", parse_volume(path.starts_with('/') ? path : "/" + path, ""));
    if (!mounts.has(request.mount.destination)) TRY(mounts.add(std::move(request)));
  }
  if (!flags.read_only || !flags.read_only_tmpfs) return mounts;
  for (const auto& [destination, mode] : kWritable) {
    if (!mounts.has(destination)) mounts.mounts_.push_back(writable_tmpfs(destination, mode));
  }
  return mounts;
}

RunMounts::~RunMounts() {
  if (recorded_ || !volumes_) return;
  held_.reset();
  for (const ContainerMount& mount : mounts_) {
    // What cannot be removed now is found by `volume prune`; the error that led here is the one to report.
    if (mount.anonymous) ignore(volumes_->remove(mount.volume, [](const auto&) { return std::vector<std::string>(); }));
  }
}

void RunMounts::recorded() {
  recorded_ = true;
  held_.reset();
}

bool RunMounts::has(const std::string& destination) const {
  return std::ranges::any_of(mounts_, [&](const ContainerMount& mount) { return mount.destination == destination; });
}

Result<void> RunMounts::open_volumes() {
  if (volumes_) return {};
  volumes_ = TRY(Volumes::open(root_));
  held_ = TRY(volumes_->hold());
  return {};
}

Result<void> RunMounts::add(MountRequest request) {
  if (request.mount.kind == "bind") TRY(check_source(request.mount));
  if (request.mount.kind == "volume") TRY(add_volume(request));
  mounts_.push_back(std::move(request.mount));
  return {};
}

Result<void> RunMounts::add_volume(MountRequest& request) {
  TRY(open_volumes());
  Volume wanted;
  wanted.name = request.mount.volume;
  wanted.options = std::move(request.volume_options);
  wanted.labels = std::move(request.volume_labels);
  Volume volume = TRY(volumes_->create(std::move(wanted)));
  request.mount.anonymous = request.mount.volume.empty();
  request.mount.volume = volume.name;
  set_source(request.mount, volume, volumes_->data(volume));
  return {};
}

// A place that has a mount already keeps it, as with Docker.
Result<void> RunMounts::add_volumes_from(const std::string& text, const Containers& containers) {
  auto colon = text.find(':');
  std::string mode = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (mode != "" && mode != "ro" && mode != "rw" && mode != "z" && mode != "Z")
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --volumes-from: '{}' is no mode", text, mode),
                      "write CONTAINER, CONTAINER:ro or CONTAINER:rw");
  TRY(open_volumes());  // so that the container's volumes stay, whatever becomes of it
  Container other = TRY_AS("--volumes-from", containers.find(text.substr(0, colon)));
  for (ContainerMount& mount : other.mounts) {
    if (mount.kind == "tmpfs" || has(mount.destination)) continue;
    if (mount.kind == "bind") TRY(check_source(mount));
    mount.anonymous = false;
    mount.chown = false;
    if (mode == "ro" && !mount.read_only()) mount.options.emplace_back("rro");
    mounts_.push_back(std::move(mount));
  }
  return {};
}

Result<void> complete_mounts(const std::string& root, const std::vector<ContainerMount>& mounts, int rootfs,
                             Owner owner) {
  for (const ContainerMount& mount : mounts) {
    if (mount.kind == "volume" && mount.fill) {
      Volumes volumes = TRY(Volumes::open(root));
      Volume volume = TRY(volumes.find(mount.volume));
      TRY(fill_volume(volumes, volume, rootfs, mount.destination));
    }
    if (mount.chown && !mount.source.empty()) {
      TRY_AS(fmt::format("mount for '{}'", mount.destination), chown_tree(mount.source, owner.uid, owner.gid));
    }
  }
  return {};
}

}  // namespace aictr::cli
