#include "runtime/process_setup.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <vector>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "runtime/security_label.h"

namespace aictr::runtime {
namespace {

constexpr mode_t kUsualUmask = 0022;

Result<void> set_groups(const oci::User& user) {
  auto set = sys::setgroups(user.additional_gids);
  // An unprivileged user's namespace does not allow it; without groups to set nothing is lost.
  if (!set.ok() && set.error().code == EPERM && user.additional_gids.empty()) return {};
  return set;
}

Result<void> change_user(const oci::User& user) {
  TRY_AS("/process/user/additionalGids", set_groups(user));
  TRY_AS("/process/user/gid", sys::setresgid(user.gid));
  TRY_AS("/process/user/uid", sys::setresuid(user.uid));
  ::umask(user.umask.value_or(kUsualUmask));
  return {};
}

// Whoever made us is there until we have told that we are ready, and can pass a listener on.
bool installs_early(const oci::Process& process, const ProcessPlan& plan) {
  return plan.seccomp && (!process.no_new_privileges || plan.seccomp->needs_listener);
}

Result<void> install(const ProcessPlan& plan, const Handshake& told) {
  UniqueFd listener = TRY_AS("/linux/seccomp", install_seccomp(*plan.seccomp));
  if (!listener) return {};
  return told.send(Step::listener, {}, listener.get());
}

// A copy with a number from `from` on.
Result<UniqueFd> duplicate_above(int fd, int from) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, from);
  if (copy < 0) return sys_error(fmt::format("duplicate descriptor {}", fd));
  return UniqueFd(copy);
}

bool is_null(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

}  // namespace

Result<ProcessPlan> plan_process(const oci::Process& process, const oci::Linux& part) {
  ProcessPlan plan;
  if (process.capabilities) plan.capabilities = capability_masks(*process.capabilities);
  plan.rlimits = TRY(plan_rlimits(process.rlimits));
  plan.scheduling = TRY(plan_scheduling(process, part));
  if (part.seccomp) plan.seccomp = TRY(compile_seccomp(*part.seccomp));
  return plan;
}

Result<void> enter_working_directory(const std::string& path) {
  TRY_AS("/process/cwd", sys::chdir(path));
  std::array<char, PATH_MAX> where{};
  // The kernel answers "(unreachable)/…" for a directory outside of our root.
  if (::getcwd(where.data(), where.size()) != nullptr && where[0] == '/') return {};
  return make_error(Kind::denied, fmt::format("/process/cwd: '{}' is outside of the container", path));
}

Result<void> use_own_null() {
  UniqueFd own;
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    auto status = sys::stat(stream);
    if (!status.ok() || !is_null(status.value())) continue;
    if (!own) {
      auto opened = sys::open(AT_FDCWD, "/dev/null", O_RDWR | O_NOFOLLOW | O_NONBLOCK);
      if (!opened.ok()) return {};
      struct stat found = TRY(sys::stat(opened.value().get()));
      if (!is_null(found)) return {};
      own = std::move(opened).value();
    }
    TRY(sys::replace(stream, own.get()));
  }
  return {};
}

Result<void> own_standard_streams(uid_t uid) {
  if (uid == 0) return {};
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat st = TRY(sys::stat(stream));
    if (!S_ISFIFO(st.st_mode) && !S_ISSOCK(st.st_mode)) continue;
    // Somebody else's pipe, as seen from a user namespace, stays theirs; the process can still use the descriptor.
    if (st.st_uid != uid) ignore(sys::chown(stream, "", uid, static_cast<gid_t>(-1), AT_EMPTY_PATH));
  }
  return {};
}

Result<void> apply_proc_settings(const oci::Process& process, const Procfs& proc) {
  if (process.oom_score_adj) {
    TRY_AS("/process/oomScoreAdj", proc.write("self/oom_score_adj", std::to_string(*process.oom_score_adj)));
  }
  return apply_security_labels(process, proc);
}

Result<void> apply_kernel_settings(const ProcessPlan& plan) {
  TRY_AS("/process/rlimits", apply_rlimits(plan.rlimits));
  return apply_scheduling(plan.scheduling);
}

Result<void> give_up_privileges(const oci::Process& process, const ProcessPlan& plan, const Handshake& told) {
  if (installs_early(process, plan)) TRY(install(plan, told));
  TRY(drop_bounding(plan.capabilities));
  TRY(keep_capabilities());
  TRY(change_user(process.user));
  TRY(apply_capabilities(plan.capabilities));
  if (process.no_new_privileges) TRY(sys::prctl(PR_SET_NO_NEW_PRIVS, 1));
  return {};
}

Result<void> install_late_seccomp(const oci::Process& process, const ProcessPlan& plan) {
  if (plan.seccomp && !installs_early(process, plan)) TRY_AS("/linux/seccomp", install_seccomp(*plan.seccomp));
  return {};
}

Result<void> close_all_but(const std::set<int>& kept) {
  unsigned next = 3;
  for (int fd : kept) {
    if (fd < 3) continue;
    auto number = static_cast<unsigned>(fd);
    if (number > next) TRY(sys::close_range(next, number - 1));
    next = number + 1;
  }
  return sys::close_range(next, ~0U);
}

Result<void> arrange_descriptors(const std::map<int, int>& extra, UniqueFd& kept) {
  if (extra.empty()) return {};
  int above = std::max(extra.rbegin()->first, 2) + 1;
  kept = TRY(duplicate_above(kept.get(), above));
  std::vector<std::pair<int, UniqueFd>> copies;
  for (const auto& [number, fd] : extra) copies.emplace_back(number, TRY(duplicate_above(fd, above)));
  for (const auto& [number, fd] : extra) ::close(fd);
  for (const auto& [number, copy] : copies) {
    if (::dup2(copy.get(), number) < 0) return sys_error(fmt::format("hand over descriptor {}", number));
  }
  return {};
}

}  // namespace aictr::runtime
