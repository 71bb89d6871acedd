#include "runtime/executable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include <fmt/core.h>

#include "base/text.h"
#include "oci/default_spec.h"
#include "oci/user.h"

namespace aictr::runtime {
namespace {

// 0, or why it cannot be executed. faccessat2 with AT_EACCESS: the effective ids are who will execute it. The
// container's seccomp profile may be on already and be older than that call (Linux 5.8): then the mode has to do, and
// the exec has the last word.
int judge(const std::string& path) {
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) return errno;
  if (S_ISDIR(st.st_mode)) return EISDIR;
  if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0) return 0;
  return errno == EPERM && (st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0 ? 0 : EACCES;
}

Error refuse(const std::string& name, int code) {
  return sys_error(fmt::format("execute '{}'", name), code).with_kind(Kind::exec);
}

}  // namespace

Result<std::string> find_executable(const std::string& name, const std::vector<std::string>& environment) {
  if (name.find('/') != std::string::npos) {
    int problem = judge(name);
    if (problem == 0) return name;
    return refuse(name, problem);
  }
  const char* path = oci::find_env(environment, "PATH");
  int found = 0;
  for (const std::string& directory : split(path == nullptr ? "" : path, ':')) {
    std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    int problem = judge(candidate);
    if (problem == 0) return candidate;
    if (problem == EACCES) found = problem;
  }
  if (found != 0) return refuse(name, found);
  return Error{Kind::exec, ENOENT, fmt::format("execute '{}': executable file not found in $PATH", name), {}};
}

std::vector<std::string> complete_environment(const std::vector<std::string>& environment, uid_t uid,
                                              std::string_view passwd) {
  std::vector<std::string> result;
  std::set<std::string_view> seen;
  for (auto entry = environment.rbegin(); entry != environment.rend(); ++entry) {
    std::string_view name = std::string_view(*entry).substr(0, entry->find('='));
    if (seen.insert(name).second) result.push_back(*entry);
  }
  std::vector<std::string> ordered(result.rbegin(), result.rend());
  // An empty one is none, as with runc.
  std::erase(ordered, "HOME=");
  if (oci::find_env(ordered, "HOME") == nullptr) {
    auto account = oci::resolve_user(std::to_string(uid), passwd, "");
    ordered.push_back("HOME=" + (account.ok() ? account.value().home : "/"));
  }
  return ordered;
}

}  // namespace aictr::runtime
