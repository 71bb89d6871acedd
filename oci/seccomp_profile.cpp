#include "oci/seccomp_profile.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "oci/linux_fields.h"

namespace aictr::oci {
namespace {

struct Filter {
  std::vector<std::string> caps;
  std::vector<std::string> arches;
  std::string min_kernel;
};

template <class Codec>
void fields(Codec& codec, Is<Filter> auto& filter) {
  codec("caps", filter.caps);
  codec("arches", filter.arches);
  codec("minKernel", filter.min_kernel);
}

struct Rule {
  std::string name;  // an old spelling of names
  SeccompRule rule;
  Filter includes;
  Filter excludes;
};

template <class Codec>
void fields(Codec& codec, Is<Rule> auto& rule) {
  codec("name", rule.name);
  codec("names", rule.rule.names);
  codec("action", rule.rule.action, required);
  codec("errnoRet", rule.rule.errno_ret);
  codec("args", rule.rule.args);
  codec("includes", rule.includes);
  codec("excludes", rule.excludes);
}

struct Architecture {
  std::string architecture;
  std::vector<std::string> sub_architectures;
};

template <class Codec>
void fields(Codec& codec, Is<Architecture> auto& map) {
  codec("architecture", map.architecture, required);
  codec("subArchitectures", map.sub_architectures);
}

struct Profile {
  Seccomp base;
  std::vector<Architecture> arch_map;
  std::vector<Rule> syscalls;
};

template <class Codec>
void fields(Codec& codec, Is<Profile> auto& profile) {
  codec("defaultAction", profile.base.default_action, required);
  codec("defaultErrnoRet", profile.base.default_errno_ret);
  codec("architectures", profile.base.architectures);
  codec("flags", profile.base.flags);
  codec("listenerPath", profile.base.listener_path);
  codec("listenerMetadata", profile.base.listener_metadata);
  codec("archMap", profile.arch_map);
  codec("syscalls", profile.syscalls);
}

std::string native_architecture(std::string_view architecture) {
  return architecture == "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
}

bool any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& had) {
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& w) { return std::find(had.begin(), had.end(), w) != had.end(); });
}

// "4.8": this kernel or a newer one.
bool kernel_is_at_least(std::string_view version, const ProfileTarget& target) {
  auto parts = split(version, '.');
  auto major = parse_number<unsigned>(parts[0]).value_or(0);
  auto minor = parts.size() > 1 ? parse_number<unsigned>(parts[1]).value_or(0) : 0;
  return std::pair(target.kernel_major, target.kernel_minor) >= std::pair(major, minor);
}

bool applies(const Rule& rule, const ProfileTarget& target) {
  const Filter& in = rule.includes;
  const Filter& out = rule.excludes;
  if (any_of(out.caps, target.capabilities) || any_of(out.arches, {target.architecture})) return false;
  if (!out.min_kernel.empty() && kernel_is_at_least(out.min_kernel, target)) return false;
  bool has_caps = std::all_of(in.caps.begin(), in.caps.end(),
                              [&](const std::string& cap) { return any_of({cap}, target.capabilities); });
  if (!has_caps) return false;
  if (!in.arches.empty() && !any_of(in.arches, {target.architecture})) return false;
  return in.min_kernel.empty() || kernel_is_at_least(in.min_kernel, target);
}

}  // namespace

Result<Seccomp> parse_seccomp_profile(std::string_view json, const ProfileTarget& target) {
  Json document = TRY_AS("seccomp profile", parse_json(json));
  Profile profile = TRY(Decoder::decode<Profile>(document, "seccomp profile"));
  Seccomp result = std::move(profile.base);
  for (const Architecture& map : profile.arch_map) {
    if (map.architecture != native_architecture(target.architecture)) continue;
    result.architectures = {map.architecture};
    result.architectures.insert(result.architectures.end(), map.sub_architectures.begin(), map.sub_architectures.end());
  }
  for (Rule& rule : profile.syscalls) {
    if (!applies(rule, target)) continue;
    if (!rule.name.empty()) rule.rule.names.push_back(rule.name);
    if (rule.rule.names.empty()) return make_error(Kind::corrupt, "seccomp profile: a rule names no system call");
    result.syscalls.push_back(std::move(rule.rule));
  }
  return result;
}

}  // namespace aictr::oci
