#include "runtime/mount_options.h"

#include <linux/mount.h>

#include <algorithm>
#include <span>

#include <fmt/core.h>

// The propagation types are in linux/mount.h too; the C library's header does not go together with it.

namespace aictr::runtime {
namespace {

struct AttributeWord {
  std::string_view word;
  std::uint64_t set;
  std::uint64_t clear;
};

// Each has a recursive twin with an "r" in front ("rro"), which takes in all mounts below.
constexpr AttributeWord kAttributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
};

// Read by the file system's superblock (fsconfig(2)); of "ro" and "rw" the superblock takes part too.
constexpr std::string_view kSuperblock[] = {"sync", "async", "dirsync", "mand", "nomand", "lazytime", "nolazytime"};

// Without a meaning of their own: what is left when nothing else is asked for.
constexpr std::string_view kNothing[] = {"defaults", "silent", "loud", "noiversion"};

struct PropagationWord {
  std::string_view word;
  std::uint64_t type;
};
constexpr PropagationWord kPropagation[] = {
    {"unbindable", MS_UNBINDABLE}, {"private", MS_PRIVATE}, {"slave", MS_SLAVE}, {"shared", MS_SHARED}};

constexpr std::string_view kActions[] = {"bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap"};

const AttributeWord* find_attribute(std::string_view word) {
  const auto* found = std::ranges::find(kAttributes, word, &AttributeWord::word);
  return found == std::end(kAttributes) ? nullptr : found;
}

void add(AttributeChange& change, const AttributeWord& word) {
  change.set = (change.set & ~(word.clear | word.set)) | word.set;
  // Within one change the kernel clears first; a bit that an earlier word cleared and this one sets is just set.
  change.clear = (change.clear & ~word.set) | word.clear;
}

bool take_action(MountOptions& into, std::string_view word) {
  using Bind = MountOptions::Bind;
  using IdMap = MountOptions::IdMap;
  if (word == "bind" && into.bind == Bind::no) into.bind = Bind::alone;
  if (word == "rbind") into.bind = Bind::with_submounts;
  if (word == "remount") into.remount = true;
  if (word == "tmpcopyup") into.copy_up = true;
  if (word == "idmap") into.id_map = IdMap::alone;
  if (word == "ridmap") into.id_map = IdMap::with_submounts;
  return std::ranges::find(kActions, word) != std::end(kActions);
}

bool take_attribute(MountOptions& into, std::string_view word) {
  if (const AttributeWord* attribute = find_attribute(word)) {
    add(into.attributes, *attribute);
    return true;
  }
  const AttributeWord* recursive = word.starts_with('r') ? find_attribute(word.substr(1)) : nullptr;
  if (recursive != nullptr) add(into.recursive_attributes, *recursive);
  return recursive != nullptr;
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::optional<Propagation> parse_propagation(std::string_view word) {
  for (const PropagationWord& known : kPropagation) {
    if (word == known.word) return Propagation{known.type, false};
    if (word.starts_with('r') && word.substr(1) == known.word) return Propagation{known.type, true};
  }
  return std::nullopt;
}

Result<MountOptions> parse_mount_options(const std::vector<std::string>& options) {
  MountOptions result;
  for (const std::string& word : options) {
    if (take_action(result, word) || contains(kNothing, word)) continue;
    if (take_attribute(result, word)) continue;
    if (auto propagation = parse_propagation(word)) {
      result.propagation.push_back(*propagation);
    } else if (word == "iversion") {
      return make_error(Kind::unsupported, "mount option 'iversion' cannot be set by mount descriptor");
    } else if (!word.empty()) {
      result.file_system.push_back(word);
    }
  }
  return result;
}

std::vector<std::string> known_mount_options() {
  std::vector<std::string> words(std::begin(kActions), std::end(kActions));
  words.insert(words.end(), std::begin(kSuperblock), std::end(kSuperblock));
  words.insert(words.end(), std::begin(kNothing), std::end(kNothing));
  for (const AttributeWord& attribute : kAttributes) {
    words.emplace_back(attribute.word);
    words.push_back(fmt::format("r{}", attribute.word));
  }
  for (const PropagationWord& propagation : kPropagation) {
    words.emplace_back(propagation.word);
    words.push_back(fmt::format("r{}", propagation.word));
  }
  std::ranges::sort(words);
  return words;
}

}  // namespace aictr::runtime
