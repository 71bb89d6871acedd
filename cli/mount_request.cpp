#include "cli/mount_request.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/flags.h"
#include "cli/volume.h"
#include "runtime/mount_plan.h"

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

Error bad(std::string_view flag, std::string_view value, std::string_view reason, std::string hint = {}) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: {}", value, flag, reason), std::move(hint));
}

constexpr std::array kPropagation = {"private"sv, "rprivate"sv, "shared"sv, "rshared"sv, "slave"sv, "rslave"sv};
// SELinux relabelling and macOS consistency: nothing to do here, and every compose file has them.
constexpr std::array kNoMeaningHere = {"rw"sv, "z"sv, "Z"sv, "cached"sv, "delegated"sv, "consistent"sv, "default"sv};
constexpr std::array kPassedOn = {"exec"sv, "noexec"sv, "suid"sv, "nosuid"sv, "dev"sv, "nodev"sv, "bind"sv, "rbind"sv};

bool contains(std::span<const std::string_view> set, std::string_view word) {
  return std::ranges::find(set, word) != set.end();
}

void set_recursion(ContainerMount& mount, std::string_view how) {
  std::erase_if(mount.options, [](const std::string& old) { return old == "bind" || old == "rbind"; });
  mount.options.insert(mount.options.begin(), std::string(how));
}

// One word behind the second colon of -v, or what --mount says in its place. Kind::usage when it is none.
Result<void> add_option(ContainerMount& mount, const std::string& option) {
  std::string_view word = option;
  if (contains(kNoMeaningHere, word)) return {};
  if (word == "ro") {
    mount.options.emplace_back("rro");  // what is mounted below the source must not be writable either
  } else if (word == "bind" || word == "rbind") {
    set_recursion(mount, word);
  } else if (contains(kPropagation, word) || contains(kPassedOn, word)) {
    mount.options.push_back(option);
  } else if (word == "U") {
    mount.chown = true;
  } else if (word == "idmap" || word.starts_with("idmap=")) {
    TRY(parse_idmap(mount, word == "idmap" ? "" : word.substr(6)));
  } else if (mount.kind == "volume" && (word == "nocopy" || word == "copy")) {
    mount.fill = word == "copy";
  } else {
    return make_error(Kind::usage, fmt::format("unknown option '{}'", option));
  }
  return {};
}

void default_propagation(ContainerMount& mount) {
  bool given = std::ranges::any_of(mount.options, [](const std::string& o) { return contains(kPropagation, o); });
  if (!given) mount.options.emplace_back("rprivate");
}

Result<std::string> target_of(std::string_view flag, std::string_view text, const std::string& target) {
  if (target.empty()) return bad(flag, text, "it has no target");
  if (!target.starts_with('/')) return bad(flag, text, fmt::format("the target '{}' is not an absolute path", target));
  std::string clean = runtime::clean_container_path(target);
  if (clean == "/") return bad(flag, text, "the target cannot be the root");
  return clean;
}

ContainerMount empty_mount(std::string kind) {
  ContainerMount mount;
  mount.kind = std::move(kind);
  mount.fill = mount.kind == "volume";
  if (mount.kind != "tmpfs") mount.options = {"rbind"};
  return mount;
}

// A path, or a volume's name: whatever cannot be a name is a path.
Result<void> set_source(MountRequest& request, std::string_view flag, std::string_view text, const std::string& source,
                        const std::string& current_directory) {
  ContainerMount& mount = request.mount;
  if (mount.kind == "bind") {
    mount.source = source.starts_with('/') ? source : fmt::format("{}/{}", current_directory, source);
    return {};
  }
  auto name = check_volume_name(source);
  if (!name.ok()) return bad(flag, text, name.error().message, name.error().hint);
  mount.volume = source;
  return {};
}

// The words of a line of CSV (RFC 4180): "a,\"b,c\"" are two.
std::vector<std::string> csv_words(std::string_view text) {
  std::vector<std::string> found(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (quoted && i + 1 < text.size() && text[i + 1] == '"') {
        found.back() += text[++i];
      } else {
        quoted = !quoted;
      }
    } else if (text[i] == ',' && !quoted) {
      found.emplace_back();
    } else {
      found.back() += text[i];
    }
  }
  return found;
}

// --mount, word by word. What a word means can depend on the type, which may come last; so the words are sorted first.
struct MountWords {
  std::string type = "volume";
  std::string source;
  std::string target;
  std::vector<std::string> options;  // in the words of -v
  std::vector<std::string> tmpfs_options;
  MountRequest request;

  Result<void> add(std::string_view text, const std::string& word);

 private:
  Result<bool> add_place(const std::string& key, const std::string& value);
  Result<bool> add_bind(const std::string& key, const std::string& value);
  Result<bool> add_volume(const std::string& key, const std::string& value);
  Result<bool> add_tmpfs(const std::string& key, const std::string& value);
  Result<bool> add_switch(const std::string& key, const std::string& value);
};

Result<bool> is_on(const std::string& value) {
  bool on = true;
  if (!value.empty()) TRY(assign(on, value));
  return on;
}

Result<void> set_pair(std::map<std::string, std::string>& map, const std::string& text) {
  auto equals = text.find('=');
  if (equals == 0 || text.empty()) return make_error(Kind::usage, fmt::format("'{}' has no key", text));
  map[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
  return {};
}

Result<bool> MountWords::add_place(const std::string& key, const std::string& value) {
  if (key == "type") {
    type = value;
  } else if (key == "source" || key == "src") {
    source = value;
  } else if (key == "target" || key == "dst" || key == "destination") {
    target = value;
  } else {
    return false;
  }
  return true;
}

Result<bool> MountWords::add_bind(const std::string& key, const std::string& value) {
  if (key == "bind-propagation") {
    if (!contains(kPropagation, value)) return make_error(Kind::usage, fmt::format("unknown propagation '{}'", value));
    options.push_back(value);
  } else if (key == "bind-nonrecursive") {
    if (TRY(is_on(value))) options.emplace_back("bind");
  } else if (key == "bind-recursive") {  // Docker's words since 25.0
    if (value == "disabled") options.emplace_back("bind");
    if (value != "disabled" && value != "enabled" && value != "readonly")
      return make_error(value == "writable" ? Kind::unsupported : Kind::usage,
                        fmt::format("'bind-recursive={}' is not known", value), "use enabled, disabled or readonly");
  } else {
    return false;
  }
  return true;
}

Result<bool> MountWords::add_volume(const std::string& key, const std::string& value) {
  if (key == "volume-nocopy") {
    if (TRY(is_on(value))) options.emplace_back("nocopy");
  } else if (key == "volume-opt") {
    TRY(set_pair(request.volume_options, value));
  } else if (key == "volume-label") {
    TRY(set_pair(request.volume_labels, value));
  } else if (key == "volume-driver") {
    TRY(check_volume_driver(value));
  } else {
    return false;
  }
  return true;
}

Result<bool> MountWords::add_tmpfs(const std::string& key, const std::string& value) {
  if (key == "tmpfs-size") {
    tmpfs_options.push_back(fmt::format("size={}", TRY(parse_bytes(value))));
  } else if (key == "tmpfs-mode") {
    if (value.empty() || value.find_first_not_of("01234567") != std::string::npos)
      return make_error(Kind::usage, fmt::format("tmpfs-mode '{}' is no octal number", value));
    tmpfs_options.push_back("mode=" + value);
  } else if (key == "tmpcopyup" && value.empty()) {
    tmpfs_options.push_back(key);
  } else {
    return false;
  }
  return true;
}

Result<bool> MountWords::add_switch(const std::string& key, const std::string& value) {
  if (key == "readonly" || key == "ro") {
    if (TRY(is_on(value))) options.emplace_back("ro");
  } else if (key == "rw") {
    if (!TRY(is_on(value))) options.emplace_back("ro");
  } else if (key == "u" || key == "chown") {
    if (TRY(is_on(value))) options.emplace_back("U");
  } else if (key == "idmap") {
    options.push_back(value.empty() || value == "true" ? key : "idmap=" + value);
  } else if (key == "consistency" || key == "relabel") {
    return true;
  } else if (contains(kPassedOn, key) && value.empty()) {
    options.push_back(key);
  } else {
    return false;
  }
  return true;
}

Result<void> MountWords::add(std::string_view text, const std::string& word) {
  auto equals = word.find('=');
  std::string key = lower(word.substr(0, equals));
  std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  for (auto part : {&MountWords::add_place, &MountWords::add_bind, &MountWords::add_volume, &MountWords::add_tmpfs,
                    &MountWords::add_switch}) {
    auto taken = (this->*part)(key, value);
    if (!taken.ok()) {
      return bad("mount", text, taken.error().message, taken.error().hint).with_kind(taken.error().kind);
    }
    if (taken.value()) return {};
  }
  return bad("mount", text, fmt::format("unknown key '{}'", key));
}

Result<oci::IdMapping> parse_range(std::string_view text) {
  auto parts = split(text, '-');
  oci::IdMapping range;
  bool good = parts.size() == 3;
  std::uint32_t* into[] = {&range.container_id, &range.host_id, &range.size};
  for (std::size_t i = 0; good && i < parts.size(); ++i) {
    auto number = parse_number<std::uint32_t>(parts[i]);
    good = number.has_value();
    if (good) *into[i] = *number;
  }
  if (good) return range;
  return make_error(Kind::usage, fmt::format("'{}' is no range of ids", text), "write FIRST-ON-DISK-FIRST-SEEN-COUNT");
}

}  // namespace

Result<void> parse_idmap(ContainerMount& mount, std::string_view text) {
  mount.options.emplace_back("idmap");
  if (text.empty()) return {};
  for (const std::string& part : split(text, ';')) {
    auto equals = part.find('=');
    std::string key = part.substr(0, equals);
    if (equals == std::string::npos || (key != "uids" && key != "gids"))
      return make_error(Kind::usage, fmt::format("'{}' is no part of an id map", part), "write uids=…;gids=…");
    auto& ranges = key == "uids" ? mount.uid_mappings : mount.gid_mappings;
    for (const std::string& range : split(part.substr(equals + 1), '#')) ranges.push_back(TRY(parse_range(range)));
  }
  if (mount.uid_mappings.empty()) mount.uid_mappings = mount.gid_mappings;
  if (mount.gid_mappings.empty()) mount.gid_mappings = mount.uid_mappings;
  return {};
}

Result<MountRequest> parse_volume(std::string_view text, const std::string& current_directory) {
  auto parts = split(text, ':');
  if (parts.size() == 1) parts.insert(parts.begin(), "");
  if (parts.size() > 3 || (parts[0].empty() && text.starts_with(':')))
    return bad("volume", text, "write SOURCE:TARGET[:OPTIONS]");
  bool is_path = parts[0].starts_with('.') || parts[0].find('/') != std::string::npos;
  MountRequest request;
  request.mount = empty_mount(is_path ? "bind" : "volume");
  request.mount.destination = TRY(target_of("volume", text, parts[1]));
  if (!parts[0].empty()) TRY(set_source(request, "volume", text, parts[0], current_directory));
  if (parts.size() == 3) {
    for (const std::string& option : split(parts[2], ',')) {
      auto added = add_option(request.mount, option);
      if (!added.ok()) return bad("volume", text, added.error().message, added.error().hint);
    }
  }
  default_propagation(request.mount);
  return request;
}

Result<MountRequest> parse_mount(std::string_view text, const std::string& current_directory) {
  MountWords words;
  for (const std::string& word : csv_words(text)) TRY(words.add(text, word));
  std::string target = TRY(target_of("mount", text, words.target));
  if (words.type == "tmpfs") {
    if (!words.source.empty()) return bad("mount", text, "a tmpfs has no source");
    MountRequest request = TRY(parse_tmpfs(target));
    for (const std::string& option : words.options) {
      auto added = add_option(request.mount, option);
      if (!added.ok()) return bad("mount", text, added.error().message);
    }
    auto& options = request.mount.options;
    options.insert(options.end(), words.tmpfs_options.begin(), words.tmpfs_options.end());
    return request;
  }
  if (words.type != "bind" && words.type != "volume")
    return make_error(Kind::unsupported, fmt::format("--mount '{}': type '{}' is not supported", text, words.type),
                      "use type=bind, type=volume or type=tmpfs");
  if (!words.tmpfs_options.empty()) return bad("mount", text, "tmpfs options are for type=tmpfs");
  MountRequest request = std::move(words.request);
  request.mount = empty_mount(words.type);
  request.mount.destination = std::move(target);
  if (words.type == "bind" && words.source.empty()) return bad("mount", text, "it has no source");
  if (words.type == "bind" && !request.volume_options.empty())
    return bad("mount", text, "volume options are for type=volume");
  if (!words.source.empty()) TRY(set_source(request, "mount", text, words.source, current_directory));
  for (const std::string& option : words.options) {
    auto added = add_option(request.mount, option);
    if (!added.ok()) return bad("mount", text, added.error().message, added.error().hint);
  }
  default_propagation(request.mount);
  return request;
}

Result<MountRequest> parse_tmpfs(std::string_view text) {
  auto colon = text.find(':');
  MountRequest request;
  request.mount = empty_mount("tmpfs");
  ContainerMount& mount = request.mount;
  mount.destination = TRY(target_of("tmpfs", text, std::string(text.substr(0, colon))));
  mount.options = {"nosuid", "nodev", "noexec"};
  if (colon == std::string_view::npos) return request;
  for (const std::string& option : split(text.substr(colon + 1), ',')) {
    if (option == "exec" || option == "suid" || option == "dev") {
      std::erase(mount.options, "no" + option);
    } else if (!option.empty() && option != "rw" && option != "notmpcopyup") {
      mount.options.push_back(option);
    }
  }
  return request;
}

}  // namespace aictr::cli
