#include "cli/run_caches.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_process.h"
#include "base/text.h"
#include "oci/default_spec.h"
#include "oci/user.h"
#include "runtime/idmap_probe.h"

namespace aictr::cli {
namespace {

constexpr const char* kInside = "/var/cache/aictr";

struct Cache {
  const char* name;
  const char* below_cache;  // of $XDG_CACHE_HOME, or:
  const char* below_home;
  const char* variable;  // for the program, in the container and out of it
  const char* extra;
};

constexpr Cache kCaches[] = {
    {"hf", "huggingface", nullptr, "HF_HOME", ""},
    {"pip", "pip", nullptr, "PIP_CACHE_DIR", ""},
    // uv links from its cache into an environment unless told that these are different file systems.
    {"uv", "uv", nullptr, "UV_CACHE_DIR", "UV_LINK_MODE=copy"},
    {"torch", "torch", nullptr, "TORCH_HOME", ""},
    {"triton", nullptr, ".triton/cache", "TRITON_CACHE_DIR", ""},
    {"cuda", nullptr, ".nv/ComputeCache", "CUDA_CACHE_PATH", ""},
};

std::string directory_of(const Cache& cache, const Caller& caller, const Variable& variable) {
  auto own = variable(cache.variable);
  if (own && own->starts_with('/')) return *own;
  if (cache.below_home != nullptr) return fmt::format("{}/{}", caller.home, cache.below_home);
  auto xdg = variable("XDG_CACHE_HOME");
  std::string base = xdg && xdg->starts_with('/') ? *xdg : caller.home + "/.cache";
  return fmt::format("{}/{}", base, cache.below_cache);
}

Result<std::vector<const Cache*>> chosen_caches(const std::vector<std::string>& wanted) {
  std::vector<const Cache*> result;
  auto add = [&](const Cache& cache) {
    if (std::ranges::find(result, &cache) == result.end()) result.push_back(&cache);
  };
  for (const std::string& list : wanted) {
    for (const std::string& name : split(list, ',')) {
      auto cache = std::ranges::find_if(kCaches, [&](const Cache& one) { return name == one.name; });
      if (name == "all") {
        for (const Cache& one : kCaches) add(one);
      } else if (cache != std::end(kCaches)) {
        add(*cache);
      } else {
        std::vector<std::string> names;
        for (const Cache& one : kCaches) names.emplace_back(one.name);
        return make_error(Kind::usage, fmt::format("unknown cache '{}' for --cache", name),
                          fmt::format("there are {} and all", join(names, ", ")));
      }
    }
  }
  return result;
}

// In a child that is the caller and nobody else: below a home directory every step may be a link that its owner made.
Result<void> make_as(const Caller& caller, const std::string& directory) {
  if (sys::exists(AT_FDCWD, directory)) return {};
  sys::Cloned child = TRY(sys::clone3(0));
  if (child.pid == 0) {
    auto make = [&]() -> Result<void> {
      if (caller.uid != ::geteuid() || caller.gid != ::getegid()) {
        TRY(sys::setgroups({}));
        TRY(sys::setresgid(caller.gid));
        TRY(sys::setresuid(caller.uid));
      }
      return make_directories(AT_FDCWD, directory, 0755);
    };
    auto made = make();
    ::_exit(made.ok() ? 0 : std::min(made.error().code, 255));
  }
  sys::Ended ended = TRY(sys::wait(child.pid));
  if (ended.exit_code() == 0) return {};
  return sys_error(fmt::format("make '{}' as the user {}", directory, caller.uid), ended.exit_code());
}

oci::Mount mount_of(const CacheMount& cache) {
  oci::Mount mount;
  mount.type = "bind";
  mount.source = cache.source;
  mount.destination = cache.target;
  mount.options = {"bind", "nosuid", "nodev", "rprivate"};
  return mount;
}

}  // namespace

Result<Caller> find_caller(uid_t uid, gid_t gid, const Variable& variable, const std::string& passwd) {
  Caller caller{uid, gid, ""};
  auto sudo_uid = parse_number<uid_t>(variable("SUDO_UID").value_or(""));
  auto sudo_gid = parse_number<gid_t>(variable("SUDO_GID").value_or(""));
  if (uid == 0 && sudo_uid && sudo_gid) {
    oci::Account account = TRY(oci::resolve_user(std::to_string(*sudo_uid), passwd, ""));
    caller = {*sudo_uid, *sudo_gid, account.home};
  } else {
    caller.home = variable("HOME").value_or("");
  }
  if (caller.home.starts_with('/') && caller.home != "/") return caller;
  return make_error(Kind::not_found, fmt::format("--cache: the user {} has no home directory", caller.uid),
                    "set HOME, or show the directory with -v");
}

Result<std::vector<CacheMount>> plan_caches(const std::vector<std::string>& wanted, const Caller& caller,
                                            const Variable& variable, const std::vector<std::string>& env) {
  std::vector<CacheMount> mounts;
  for (const Cache* cache : TRY(chosen_caches(wanted))) {
    CacheMount mount;
    mount.name = cache->name;
    mount.source = directory_of(*cache, caller, variable);
    mount.variable = cache->variable;
    mount.extra = cache->extra;
    const char* inside = oci::find_env(env, cache->variable);
    mount.target = inside != nullptr && *inside == '/' ? inside : fmt::format("{}/{}", kInside, cache->name);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

Result<std::vector<std::string>> add_caches(oci::Spec& spec, const RunFlags& flags) {
  std::vector<std::string> chosen;
  if (flags.cache.empty()) return chosen;
  Variable ours = [](const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  std::string passwd = read_file(AT_FDCWD, "/etc/passwd").value_or("");
  Caller caller = TRY(find_caller(::geteuid(), ::getegid(), ours, passwd));
  oci::Process& process = *spec.process;
  for (const CacheMount& cache : TRY(plan_caches(flags.cache, caller, ours, process.env))) {
    auto same = [&](const oci::Mount& mount) { return mount.destination == cache.target; };
    if (std::ranges::any_of(spec.mounts, same)) continue;
    TRY_AS(fmt::format("--cache {}", cache.name), make_as(caller, cache.source));
    oci::Mount mount = mount_of(cache);
    std::string owner;
    if (process.user.uid != caller.uid || process.user.gid != caller.gid) {
      if (runtime::can_map_ids(cache.source)) {
        mount.options.emplace_back("idmap");
        mount.uid_mappings = {{caller.uid, process.user.uid, 1}};
        mount.gid_mappings = {{caller.gid, process.user.gid, 1}};
        owner = fmt::format(", files in it belong to the user {}", caller.uid);
      } else {
        owner = ", whose file system cannot map owners: new files belong to the container's user";
      }
    }
    if (oci::find_env(process.env, cache.variable) == nullptr) {
      process.env.push_back(cache.variable + "=" + cache.target);
    }
    std::string extra = cache.extra.substr(0, cache.extra.find('='));
    if (!extra.empty() && oci::find_env(process.env, extra) == nullptr) process.env.push_back(cache.extra);
    chosen.push_back(fmt::format("the cache {} is '{}'{}", cache.name, cache.source, owner));
    spec.mounts.push_back(std::move(mount));
  }
  return chosen;
}

}  // namespace aictr::cli
