#include "images/registries_conf.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "oci/toml.h"

namespace aictr::images {
namespace {

constexpr const char* kSystem = "/etc/containers/registries.conf";

std::string main_file() {
  const char* given = std::getenv("CONTAINERS_REGISTRIES_CONF");
  if (given != nullptr && *given != '\0') return given;
  const char* home = std::getenv("HOME");
  const char* config = std::getenv("XDG_CONFIG_HOME");
  std::string folder = config != nullptr && *config != '\0' ? config : fmt::format("{}/.config", home ? home : "");
  std::string own = folder + "/containers/registries.conf";
  return sys::exists(AT_FDCWD, own) ? own : kSystem;
}

std::vector<std::string> files() {
  std::string first = main_file();
  std::vector<std::string> all{first};
  std::string folder = first + ".d";
  for (const std::string& name : list_directory(AT_FDCWD, folder).value_or({})) {
    if (name.ends_with(".conf")) all.push_back(fmt::format("{}/{}", folder, name));
  }
  return all;
}

std::string repository_of(const oci::Reference& name) {
  return fmt::format("{}/{}", name.host, name.repository);
}

// "host", "host/path" and "*.domain"; a prefix ends where a component does.
bool fits(const std::string& prefix, const oci::Reference& name) {
  if (prefix.starts_with("*.")) return name.host.ends_with(prefix.substr(1));
  std::string full = repository_of(name);
  return full.starts_with(prefix) && (full.size() == prefix.size() || full[prefix.size()] == '/');
}

}  // namespace

Result<RegistriesConf> RegistriesConf::load() {
  RegistriesConf conf;
  for (const std::string& file : files()) {
    auto text = read_file(AT_FDCWD, file);
    if (!text.ok() && text.error().kind == Kind::not_found) continue;
    std::string content = TRY(std::move(text));
    TRY_AS(fmt::format("'{}'", file), conf.add(content));
  }
  return conf;
}

Result<void> RegistriesConf::add(std::string_view text) {
  std::vector<Entry> added;
  for (const oci::TomlTable& table : TRY(oci::parse_toml(text))) {
    Place place{table.text("location"), table.flag("insecure"), Names::all};
    if (table.name == "registry") {
      std::string prefix = table.text("prefix");
      if (prefix.empty()) prefix = place.location;
      if (prefix.empty()) return make_error(Kind::corrupt, "a registry has neither 'prefix' nor 'location'");
      added.push_back({prefix, place, table.flag("blocked"), table.flag("mirror-by-digest-only"), {}});
    } else if (table.name == "registry.mirror") {
      if (added.empty()) return make_error(Kind::corrupt, "a mirror stands before the first registry");
      if (place.location.empty()) return make_error(Kind::corrupt, "a mirror has no 'location'");
      std::string names = table.text("pull-from-mirror");
      if (names == "digest-only") place.names = Names::digests;
      if (names == "tag-only") place.names = Names::tags;
      added.back().mirrors.push_back(place);
    }
  }
  for (Entry& entry : added) {
    std::erase_if(entries_, [&](const Entry& known) { return known.prefix == entry.prefix; });
    entries_.push_back(std::move(entry));
  }
  return {};
}

const RegistriesConf::Entry* RegistriesConf::find(const oci::Reference& name) const {
  const Entry* best = nullptr;
  for (const Entry& entry : entries_) {
    if (!fits(entry.prefix, name)) continue;
    if (best == nullptr || entry.prefix.size() > best->prefix.size()) best = &entry;
  }
  return best;
}

// The place stands for the prefix; what follows it stays.
Result<RegistrySource> RegistriesConf::at(const Entry& entry, const Place& place, const oci::Reference& name) {
  RegistrySource source{name, place.insecure, false};
  if (place.location.empty()) return source;
  std::string full = repository_of(name);
  std::size_t kept = entry.prefix.starts_with("*.") ? name.host.size() : entry.prefix.size();
  std::string moved = place.location + full.substr(kept);
  // What stands before the first slash is a host here, whatever it looks like.
  std::size_t slash = moved.find('/');
  auto parsed = oci::Reference::parse("host.invalid" + (slash == std::string::npos ? "" : moved.substr(slash)));
  if (slash == std::string::npos || !parsed.ok()) {
    return make_error(Kind::corrupt, fmt::format("registries.conf: '{}' does not make a name of '{}'", place.location,
                                                 name.familiar()));
  }
  source.name.host = moved.substr(0, slash);
  source.name.repository = parsed.value().repository;
  return source;
}

bool RegistriesConf::serves(const Entry& entry, const Place& mirror, const oci::Reference& name) {
  if (name.digest) return mirror.names != Names::tags;
  return !entry.digests_only && mirror.names != Names::digests;
}

Result<std::vector<RegistrySource>> RegistriesConf::sources(const oci::Reference& name) const {
  const Entry* entry = find(name);
  std::vector<RegistrySource> all;
  if (entry != nullptr && entry->blocked) {
    return make_error(Kind::denied, fmt::format("the registry '{}' is blocked", entry->prefix),
                      "registries.conf of this machine says so");
  }
  for (const Place& mirror : entry != nullptr ? entry->mirrors : std::vector<Place>()) {
    if (!serves(*entry, mirror, name)) continue;
    all.push_back(TRY(at(*entry, mirror, name)));
    all.back().mirror = true;
  }
  all.push_back(TRY(home(name)));
  return all;
}

Result<RegistrySource> RegistriesConf::home(const oci::Reference& name) const {
  const Entry* entry = find(name);
  if (entry == nullptr) return RegistrySource{name, false, false};
  return at(*entry, entry->place, name);
}

}  // namespace aictr::images
