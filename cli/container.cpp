#include "cli/container.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "base/file.h"
#include "base/object_name.h"
#include "base/random.h"
#include "base/sys.h"
#include "base/units.h"
#include "cli/container_files.h"
#include "cli/container_volumes.h"
#include "cli/names.h"
#include "hooks/network_attachment_fields.h"
#include "oci/codec.h"
#include "oci/linux_fields.h"

namespace aictr::cli {

using oci::Decoder;
using oci::Encoder;
using oci::required;

template <class Codec>
void fields(Codec& codec, oci::Is<ContainerMount> auto& mount) {
  codec("type", mount.kind, required);
  codec("volume", mount.volume);
  codec("source", mount.source);
  codec("destination", mount.destination, required);
  codec("options", mount.options);
  codec("fileSystem", mount.file_system);
  codec("anonymous", mount.anonymous);
  codec("fill", mount.fill);
  codec("chown", mount.chown);
  codec("uidMap", mount.uid_mappings);
  codec("gidMap", mount.gid_mappings);
}

template <class Codec>
void fields(Codec& codec, oci::Is<Container> auto& c) {
  int format = 1;
  codec("format", format, required);
  codec("id", c.id, required);
  codec("name", c.name, required);
  codec("image", c.image, required);
  codec("imageID", c.image_id, required);
  codec("command", c.command);
  codec("flags", c.flags);
  codec("arguments", c.arguments);
  codec("labels", c.labels);
  codec("created", c.created, required);
  codec("started", c.started);
  codec("finished", c.finished);
  codec("exitCode", c.exit_code);
  codec("killedForMemory", c.killed_for_memory);
  codec("removeAtEnd", c.remove_at_end);
  codec("waitsForStart", c.waits_for_start);
  codec("restarting", c.restarting);
  codec("restarts", c.restarts);
  codec("mounts", c.mounts);
  codec("network", c.network);
}

namespace {

constexpr const char* kRecord = "container.json";
constexpr const char* kClaims = "claims";
constexpr const char* kNames = "names";
constexpr const char* kRecordLock = "container.lock";
constexpr std::size_t kIdLength = 64;
constexpr auto kPatience = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::milliseconds(10);

bool is_id(std::string_view text) {
  return text.size() == kIdLength && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string name_link(const std::string& name) {
  return fmt::format("{}/{}", kNames, name);
}

}  // namespace

Result<Containers> Containers::open(const std::string& root) {
  std::string path = root + "/containers";
  UniqueFd fd = TRY(make_and_open_directory(AT_FDCWD, path, 0700));
  TRY(make_directories(fd.get(), kNames, 0700));
  Claims claims = TRY(Claims::open(fmt::format("{}/{}", path, kClaims)));
  return Containers(root, std::move(path), std::move(fd), std::move(claims));
}

// A name is a symbolic link to an id: making it is the one step that decides who has it. A link to a container that is
// gone is what a killed command left, and is taken over.
Result<std::string> Containers::claim_name(const std::string& id, const std::string& wanted) const {
  bool drawn = wanted.empty();
  if (!drawn && (wanted.size() < 2 || !is_object_name(wanted))) {
    return make_error(Kind::usage, fmt::format("invalid container name '{}'", wanted),
                      "use at least two letters, digits, '_', '.' or '-', beginning with a letter or a digit");
  }
  for (int tries = 0; tries < 100; ++tries) {
    std::string name = drawn ? TRY(random_name()) : wanted;
    auto made = sys::symlink(id, fd_.get(), name_link(name));
    if (made.ok()) return name;
    if (made.error().kind != Kind::exists) return std::move(made).error();
    std::string owner = TRY(sys::readlink(fd_.get(), name_link(name)));
    if (!sys::exists(fd_.get(), owner)) {
      TRY(sys::unlink(fd_.get(), name_link(name)));
    } else if (!drawn) {
      return make_error(Kind::exists, fmt::format("the name '{}' is taken by container {}", name, owner.substr(0, 12)),
                        fmt::format("remove it with `aictr rm {}`, or choose another name", name));
    }
  }
  return make_error(Kind::busy, "no free container name found");
}

Result<FileLock> Containers::create(Container& record) const {
  record.id = TRY(random_hex(kIdLength));
  record.created = rfc3339(std::chrono::system_clock::now());
  FileLock watching = TRY(claims_.make(record.id));
  auto made = make(record);
  if (made.ok()) return watching;
  // The error to tell is the one that ended it.
  ignore(free_names(record.id));
  ignore(remove_tree(fd_.get(), record.id));
  ignore(claims_.drop(record.id));
  return std::move(made).error();
}

Result<void> Containers::make(Container& record) const {
  TRY(sys::mkdir(fd_.get(), record.id, 0700));
  record.name = TRY(claim_name(record.id, record.name));
  for (const char* part : {"upper", "work"}) TRY(sys::mkdir(fd_.get(), fmt::format("{}/{}", record.id, part), 0755));
  return save(record);
}

Result<FileLock> Containers::take(const Container& container) const {
  auto lock = claims_.take(container.id);
  if (lock.ok() || lock.error().kind != Kind::busy) return lock;
  return make_error(Kind::busy, fmt::format("container '{}' is running", container.name));
}

Result<void> Containers::change(Container& container, const std::function<void(Container&)>& edit) const {
  UniqueFd directory = TRY(open_directory(container));
  FileLock lock = TRY(FileLock::acquire(directory.get(), kRecordLock, FileLock::Mode::exclusive));
  auto now = TRY(load(container.id));
  if (!now) return make_error(Kind::not_found, fmt::format("container '{}' is gone", container.name));
  edit(*now);
  TRY(save(*now));
  container = std::move(*now);
  return {};
}

// The new name leads to the container before the old one ends, so that a crash leaves one too many, not none.
Result<void> Containers::rename(Container& container, const std::string& name) const {
  if (name.empty()) return make_error(Kind::usage, "the new name is empty");
  std::string old = container.name;
  TRY(claim_name(container.id, name));
  TRY(change(container, [&](Container& record) { record.name = name; }));
  return unless_gone(sys::unlink(fd_.get(), name_link(old)));
}

Result<void> Containers::save(const Container& container) const {
  std::string text = oci::print_json(Encoder::encode(container), 2) + "\n";
  return write_file(fd_.get(), fmt::format("{}/{}", container.id, kRecord), text, 0600, Durability::until_reboot);
}

// Nothing: it is being made or being removed by another command.
Result<std::optional<Container>> Containers::load(const std::string& id) const {
  std::string what = fmt::format("container {}", id.substr(0, 12));
  auto text = read_file(fd_.get(), fmt::format("{}/{}", id, kRecord));
  bool unwritten = text.ok() && text.value().find_first_not_of('\0') == std::string::npos;  // when the power failed
  if (!text.ok() || unwritten) return std::optional<Container>();
  oci::Json json = TRY_AS(what, oci::parse_json(text.value()));
  return std::optional(TRY(Decoder::decode<Container>(json, what)));
}

Result<std::vector<Container>> Containers::list() const {
  std::vector<Container> all;
  for (const std::string& id : TRY(list_directory(fd_.get()))) {
    if (!is_id(id)) continue;
    auto container = TRY(load(id));
    if (container) all.push_back(std::move(*container));
  }
  std::sort(all.begin(), all.end(), [](const Container& a, const Container& b) { return a.created > b.created; });
  return all;
}

Result<Container> Containers::find(std::string_view name) const {
  if (is_id(name)) {
    auto exact = TRY(load(std::string(name)));  // without a look at all the others
    if (exact) return std::move(*exact);
  }
  std::vector<Container> fits;
  for (Container& container : TRY(list())) {
    if (container.name == name || container.id == name) return std::move(container);
    if (!name.empty() && container.id.starts_with(name)) fits.push_back(std::move(container));
  }
  if (fits.size() == 1) return std::move(fits.front());
  if (fits.empty()) {
    return make_error(Kind::not_found, fmt::format("no such container: '{}'", name),
                      "`aictr ps -a` lists all containers");
  }
  return make_error(Kind::usage, fmt::format("'{}' fits {} containers: write more of the id", name, fits.size()));
}

Result<Status> Containers::status(const Container& container, const runtime::StateRoot& states) const {
  if (TRY(is_left(container))) {
    if (container.exit_code) return Status::exited;
    return container.started.empty() && container.waits_for_start ? Status::created : Status::dead;
  }
  if (container.restarting) return Status::restarting;
  if (container.exit_code) return Status::exited;
  auto state = runtime::state(states, container.id);
  if (state.ok() && state.value().status == "paused") return Status::paused;
  return container.started.empty() ? Status::created : Status::running;
}

Result<bool> Containers::is_left(const Container& container) const {
  return !TRY(claims_.is_held(container.id));
}

Result<void> Containers::set_stopped(const Container& container, bool stopped) const {
  std::string path = fmt::format("{}/{}", container.id, kStoppedMark);
  if (!stopped) return unless_gone(sys::unlink(fd_.get(), path));
  auto made = sys::open(fd_.get(), path, O_WRONLY | O_CREAT, 0600);
  if (!made.ok() && made.error().kind != Kind::not_found) return std::move(made).error();
  return {};
}

bool Containers::is_stopped(const Container& container) const {
  return sys::exists(fd_.get(), fmt::format("{}/{}", container.id, kStoppedMark));
}

Result<void> Containers::end(const Container& container, const runtime::StateRoot& states) const {
  TRY(set_stopped(container, true));
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (!TRY(claims_.is_held(container.id))) return {};
    ignore(runtime::kill(states, container.id, SIGKILL));  // it may be on its way up, or down: the next round sees
    std::this_thread::sleep_for(kPause);
  }
  return make_error(Kind::busy, fmt::format("container '{}' was killed, but is still looked after", container.name),
                    "its monitor is stuck: look for the process aictr-monitor and end it");
}

Result<void> Containers::remove(const Container& container, const runtime::StateRoot& states, runtime::Force force,
                                OwnVolumes volumes) const {
  Status now = TRY(status(container, states));
  if (force == runtime::Force::no && (is_alive(now) || !TRY(is_left(container)))) {
    return make_error(Kind::busy, fmt::format("container '{}' is running", container.name),
                      fmt::format("stop it first, or `aictr rm -f {}`", container.name));
  }
  TRY(clear(container.id, states));
  TRY(unless_gone(sys::unlink(fd_.get(), name_link(container.name))));
  if (volumes == OwnVolumes::keep && !container.remove_at_end) return {};
  return remove_anonymous_volumes(*this, container);
}

// `ps -a` tells of the others.
bool Containers::is_for_nobody(const std::string& id) const {
  auto container = load(id);
  if (!container.ok()) return false;
  return !container.value() || (container.value()->remove_at_end && !container.value()->waits_for_start);
}

Result<void> Containers::sweep(const runtime::StateRoot& states) const {
  auto unwanted = [&](const std::string& id) { return is_for_nobody(id); };
  for (const AbandonedClaim& claim : TRY(claims_.abandoned(unwanted))) {
    auto container = TRY(load(claim.name));
    TRY(clear(claim.name, states));
    TRY(free_names(claim.name));
    if (container) TRY(remove_anonymous_volumes(*this, *container));
  }
  return {};
}

// The record goes first: a container that is half removed is no longer listed, and the name can be taken again.
Result<void> Containers::clear(const std::string& id, const runtime::StateRoot& states) const {
  TRY(unless_gone(runtime::remove(states, id, runtime::Force::yes)));
  TRY(unless_gone(sys::unlink(fd_.get(), fmt::format("{}/{}", id, kRecord))));
  TRY(remove_tree(fd_.get(), id));
  return claims_.drop(id);
}

Result<void> Containers::free_names(const std::string& id) const {
  for (const std::string& name : TRY(list_directory(fd_.get(), kNames))) {
    auto owner = sys::readlink(fd_.get(), name_link(name));
    if (owner.ok() && owner.value() == id) TRY(unless_gone(sys::unlink(fd_.get(), name_link(name))));
  }
  return {};
}

std::string Containers::directory(const Container& container) const {
  return fmt::format("{}/{}", path_, container.id);
}

Result<UniqueFd> Containers::open_directory(const Container& container) const {
  return aictr::open_directory(fd_.get(), container.id);
}

images::Writable Containers::writable(const Container& container) const {
  return {directory(container) + "/upper", directory(container) + "/work"};
}

}  // namespace aictr::cli
