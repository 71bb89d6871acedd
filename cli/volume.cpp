#include "cli/volume.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "base/file.h"
#include "base/object_name.h"
#include "base/random.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "oci/codec.h"

namespace aictr::cli {

using oci::required;

template <class Codec>
void fields(Codec& codec, oci::Is<Volume> auto& volume) {
  int format = 1;
  codec("format", format, required);
  codec("name", volume.name, required);
  codec("created", volume.created, required);
  codec("labels", volume.labels);
  codec("options", volume.options);
  codec("anonymous", volume.anonymous);
}

namespace {

constexpr const char* kLock = ".lock";
constexpr const char* kRecord = "volume.json";
constexpr const char* kData = "_data";
constexpr std::size_t kAnonymousLength = 64;
constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE

std::string record_of(const std::string& name) {
  return fmt::format("{}/{}", name, kRecord);
}

// What is being made or removed has a name with a dot in front, which no volume has.
Result<std::string> draft_name() {
  return "." + TRY(random_hex(16));
}

Result<void> check_options(const std::map<std::string, std::string>& options) {
  constexpr std::array<std::string_view, 3> kKnown = {"type", "device", "o"};
  for (const auto& [key, value] : options) {
    if (std::ranges::find(kKnown, key) == kKnown.end())
      return make_error(Kind::usage, fmt::format("unknown volume option '{}'", key), "use type, device and o");
  }
  if (options.empty() || options.contains("device")) return {};
  return make_error(Kind::usage, "the volume options name no device", "add --opt device=PATH, or device=tmpfs");
}

}  // namespace

Result<void> check_volume_name(std::string_view name) {
  constexpr std::size_t kLongest = 255;  // of a directory's name
  if (name.size() >= 2 && name.size() <= kLongest && is_object_name(name)) return {};
  return make_error(Kind::usage, fmt::format("invalid volume name '{}'", name),
                    "use at least two letters, digits, '_', '.' or '-', beginning with a letter or a digit; for a "
                    "directory write a path");
}

Result<void> check_volume_driver(std::string_view driver) {
  if (driver.empty() || driver == "local") return {};
  return make_error(Kind::unsupported, fmt::format("there is no volume driver '{}'", driver), "use the driver 'local'");
}

Result<Volumes> Volumes::open(const std::string& root) {
  std::string path = root + "/volumes";
  UniqueFd fd = TRY(make_and_open_directory(AT_FDCWD, path, 0711));
  return Volumes(std::move(path), std::move(fd));
}

Result<FileLock> Volumes::hold() const {
  return FileLock::acquire(fd_.get(), kLock, FileLock::Mode::shared);
}

Result<void> Volumes::make(const Volume& volume) const {
  FileLock held = TRY(hold());  // or a removal would take the draft for what a killed command has left
  std::string draft = TRY(draft_name());
  TRY(sys::mkdir(fd_.get(), draft, 0711));
  oci::Json record = oci::Encoder::encode(volume);
  TRY(write_file(fd_.get(), record_of(draft), oci::print_json(record, 2) + "\n", 0600, Durability::until_reboot));
  TRY(sys::mkdir(fd_.get(), fmt::format("{}/{}", draft, kData), 0755));
  auto named = sys::rename(fd_.get(), draft, fd_.get(), volume.name, kNoReplace);
  if (!named.ok()) ignore(remove_tree(fd_.get(), draft));
  return named;
}

Result<Volume> Volumes::create(Volume wanted) const {
  if (wanted.name.empty()) {
    wanted.name = TRY(random_hex(kAnonymousLength));
    wanted.anonymous = true;
  }
  TRY(check_volume_name(wanted.name));
  TRY(check_options(wanted.options));
  auto there = find(wanted.name);
  if (there.ok() || there.error().kind != Kind::not_found) return there;
  wanted.created = rfc3339(std::chrono::system_clock::now());
  auto made = make(wanted);
  if (made.ok()) return wanted;
  if (made.error().kind == Kind::exists) return find(wanted.name);  // somebody else was faster
  return std::move(made).error().context(fmt::format("make volume '{}'", wanted.name));
}

Result<Volume> Volumes::find(const std::string& name) const {
  auto text = check_volume_name(name).ok() ? read_file(fd_.get(), record_of(name))
                                           : Result<std::string>(make_error(Kind::not_found, "no name"));
  if (!text.ok() && text.error().kind == Kind::not_found)
    return make_error(Kind::not_found, fmt::format("no such volume: '{}'", name), "`aictr volume ls` lists volumes");
  std::string what = fmt::format("volume '{}'", name);
  std::string read = TRY_AS(what, std::move(text));
  // A record that never reached the disk before the power failed; the data may have.
  if (read.find_first_not_of('\0') == std::string::npos) return Volume{name, rfc3339({}), {}, {}, false};
  oci::Json json = TRY_AS(what, oci::parse_json(read));
  return oci::Decoder::decode<Volume>(json, what);
}

Result<std::vector<Volume>> Volumes::list() const {
  std::vector<Volume> all;
  for (const std::string& name : TRY(list_directory(fd_.get()))) {
    if (name.starts_with('.')) continue;
    auto volume = find(name);
    if (!volume.ok() && volume.error().kind == Kind::not_found) continue;  // it is being removed
    all.push_back(TRY(std::move(volume)));
  }
  return all;
}

Result<void> Volumes::remove(const std::string& name, const Users& users) const {
  FileLock alone = TRY(FileLock::acquire(fd_.get(), kLock, FileLock::Mode::exclusive));
  TRY(find(name));
  auto who = TRY(users(name));
  if (!who.empty()) {
    return make_error(Kind::busy, fmt::format("volume '{}' is in use by {}", name, join(who, ", ")),
                      "remove these containers first");
  }
  std::string gone = TRY(draft_name());
  TRY(sys::rename(fd_.get(), name, fd_.get(), gone));
  // With the lock in our hands nobody makes or removes a volume: what has a dot is what killed commands have left.
  for (const std::string& left : TRY(list_directory(fd_.get()))) {
    if (left.starts_with('.') && left != kLock) TRY(remove_tree(fd_.get(), left));
  }
  return {};
}

std::string Volumes::directory(const Volume& volume) const {
  return fmt::format("{}/{}", path_, volume.name);
}

std::string Volumes::data(const Volume& volume) const {
  return fmt::format("{}/{}", directory(volume), kData);
}

}  // namespace aictr::cli
