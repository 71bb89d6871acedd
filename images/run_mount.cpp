#include "images/run_mount.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"
#include "images/clean_path.h"

namespace aictr::images {
namespace {

Error wrong(std::string message, std::string hint = {}) {
  return make_error(Kind::usage, std::move(message), std::move(hint));
}

// Fields at commas; one that begins with a quote goes on to the next, and holds commas and doubled quotes (RFC 4180).
Result<std::vector<std::string>> csv_fields(std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += text[++i];
    } else if (c == '"' && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return wrong(fmt::format("a quote in '{}' is not closed", text));
  return fields;
}

struct Key {
  std::string_view name;
  std::string_view meaning;  // the name that counts, for one that is short for it
};
constexpr std::array<Key, 19> kKeys = {{{"type", "type"},
                                        {"from", "from"},
                                        {"source", "source"},
                                        {"src", "source"},
                                        {"target", "target"},
                                        {"dst", "target"},
                                        {"destination", "target"},
                                        {"readonly", "readonly"},
                                        {"ro", "readonly"},
                                        {"readwrite", "readwrite"},
                                        {"rw", "readwrite"},
                                        {"id", "id"},
                                        {"sharing", "sharing"},
                                        {"required", "required"},
                                        {"mode", "mode"},
                                        {"uid", "uid"},
                                        {"gid", "gid"},
                                        {"size", "size"},
                                        {"env", "env"}}};
constexpr std::array<std::string_view, 3> kSwitches = {"readonly", "readwrite", "required"};

struct Type {
  std::string_view name;
  std::string_view keys;  // that it knows, beside type and target
};
constexpr std::array<Type, 5> kTypes = {{{"bind", "from source readonly readwrite"},
                                         {"cache", "from source readonly readwrite id sharing mode uid gid"},
                                         {"tmpfs", "size"},
                                         {"secret", "id source required mode uid gid env"},
                                         {"ssh", "id required"}}};

Error unknown_key(const std::string& name) {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  auto meant = nearest(name, names);
  return wrong(fmt::format("unknown key '{}'", name), meant ? fmt::format("did you mean '{}'?", *meant) : "");
}

// The words of one mount, by the names that count.
class Words {
 public:
  static Result<Words> read(std::string_view text, const MountReader& reader) {
    Words words;
    for (const std::string& field : TRY(csv_fields(text))) TRY(words.add(field, reader));
    return words;
  }

  bool has(std::string_view key) const { return values_.contains(key); }
  std::string text(std::string_view key, std::string fallback = {}) const {
    auto found = values_.find(key);
    return found == values_.end() ? std::move(fallback) : found->second;
  }
  bool is(std::string_view key) const { return text(key) == "true"; }

  template <class Number>
  Result<Number> number(std::string_view key, Number fallback, int base) const {
    if (!has(key)) return fallback;
    auto number = parse_number<Number>(text(key), base);
    if (number) return *number;
    return wrong(fmt::format("{}={} is no {}number", key, text(key), base == 8 ? "octal " : ""));
  }

  Result<void> check_keys(const Type& type) const {
    std::vector<std::string> known = aictr::words(type.keys);
    for (const auto& [key, value] : values_) {
      if (key == "type" || key == "target" || std::ranges::find(known, key) != known.end()) continue;
      return wrong(fmt::format("'{}' has no meaning for a mount of type {}", key, type.name),
                   fmt::format("it knows target, {}", join(known, ", ")));
    }
    return {};
  }

 private:
  Result<void> add(const std::string& field, const MountReader& reader) {
    std::size_t equals = field.find('=');
    std::string name = lower(field.substr(0, equals));
    const auto* key = std::ranges::find(kKeys, name, &Key::name);
    if (key == kKeys.end()) return unknown_key(name);
    bool is_switch = std::ranges::find(kSwitches, key->meaning) != kSwitches.end();
    std::string value = "true";
    if (equals != std::string::npos) {
      value = field.substr(equals + 1);
      if (key->meaning != "from") value = TRY(reader.expand(value));
    } else if (!is_switch) {
      return wrong(fmt::format("'{}' has no value", name), fmt::format("write {}=VALUE", name));
    }
    if (is_switch && value != "true" && value != "false") {
      return wrong(fmt::format("{}={} is neither true nor false", name, value));
    }
    values_.insert_or_assign(std::string(key->meaning), std::move(value));
    return {};
  }

  std::map<std::string, std::string, std::less<>> values_;
};

Result<Owner> owner_of(const Words& words) {
  Owner owner;
  owner.uid = TRY(words.number<uid_t>("uid", 0, 10));
  owner.gid = TRY(words.number<gid_t>("gid", 0, 10));
  return owner;
}

Result<BindMount> bind_of(const Words& words, const MountReader& reader) {
  BindMount bind;
  if (words.has("from")) bind.origin = TRY(reader.find_origin(words.text("from")));
  bind.source = words.text("source", ".");
  bind.writable = words.is("readwrite") || words.text("readonly") == "false";
  return bind;
}

Result<CacheMount> cache_of(const Words& words, const MountReader& reader, const std::string& target) {
  CacheMount cache;
  cache.id = words.text("id", target);
  cache.mode = TRY(words.number<mode_t>("mode", 0755, 8));
  cache.owner = TRY(owner_of(words));
  cache.writable = !words.is("readonly") && words.text("readwrite") != "false";
  if (words.has("from")) cache.seed = TRY(bind_of(words, reader));
  std::string sharing = words.text("sharing", "shared");
  if (sharing == "locked") {
    cache.sharing = CacheMount::Sharing::locked;
  } else if (sharing == "private") {
    cache.sharing = CacheMount::Sharing::apart;
  } else if (sharing != "shared") {
    return wrong(fmt::format("sharing={} is not shared, private or locked", sharing));
  }
  return cache;
}

Result<TmpfsMount> tmpfs_of(const Words& words) {
  TmpfsMount tmpfs;
  if (words.has("size")) tmpfs.size = static_cast<std::uint64_t>(TRY_AS("size", parse_bytes(words.text("size"))));
  return tmpfs;
}

Result<SecretMount> secret_of(const Words& words, std::string& target) {
  SecretMount secret;
  secret.id = words.text("id", words.text("source", base_name(target)));
  if (secret.id.empty()) return wrong("neither id nor target says which secret", "write id=NAME");
  secret.required = words.is("required");
  secret.mode = TRY(words.number<mode_t>("mode", 0400, 8));
  secret.owner = TRY(owner_of(words));
  secret.variable = words.text("env");
  if (target.empty() && secret.variable.empty()) target = "/run/secrets/" + base_name(secret.id);
  return secret;
}

SshMount ssh_of(const Words& words, const MountReader& reader, std::string& target) {
  if (target.empty()) target = fmt::format("/run/buildkit/ssh_agent.{}", reader.number);
  return {words.text("id", "default"), words.is("required")};
}

Result<RunMount> read_mount(const Words& words, const MountReader& reader) {
  std::string name = words.text("type", "bind");
  const auto* type = std::ranges::find(kTypes, name, &Type::name);
  if (type == kTypes.end()) {
    return wrong(fmt::format("'{}' is no type of mount", name), "there are bind, cache, tmpfs, secret and ssh");
  }
  TRY(words.check_keys(*type));
  RunMount mount;
  if (words.has("target")) mount.target = absolute_path(reader.working_directory, words.text("target"));
  if (name == "secret") {
    mount.what = TRY(secret_of(words, mount.target));
  } else if (name == "ssh") {
    mount.what = ssh_of(words, reader, mount.target);
  } else if (mount.target.empty()) {
    return wrong("the target is missing", "write target=DIRECTORY");
  } else if (name == "cache") {
    mount.what = TRY(cache_of(words, reader, mount.target));
  } else if (name == "tmpfs") {
    mount.what = TRY(tmpfs_of(words));
  } else {
    mount.what = TRY(bind_of(words, reader));
  }
  if (mount.target == "/") return wrong("the target '/' is the root file system itself");
  return mount;
}

}  // namespace

Result<RunMount> parse_run_mount(std::string_view text, const MountReader& reader) {
  Words words = TRY_AS(fmt::format("--mount={}", text), Words::read(text, reader));
  return TRY_AS(fmt::format("--mount={}", text), read_mount(words, reader));
}

}  // namespace aictr::images
