#include "base/sys_process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include <fmt/core.h>

// glibc's wrappers of these take part in its own bookkeeping of threads (setxid broadcasts); declared here because
// <sched.h> collides with <linux/sched.h>.
extern "C" {
int unshare(int flags) noexcept;
int setns(int fd, int nstype) noexcept;
}

namespace aictr::sys {
namespace {

Result<void> check(long result, std::string_view what) {
  if (result >= 0) return {};
  return sys_error(what);
}

std::vector<char*> pointers(std::span<const std::string> strings) {
  std::vector<char*> result;
  for (const std::string& s : strings) result.push_back(const_cast<char*>(s.c_str()));
  result.push_back(nullptr);
  return result;
}

// A call failed because the kernel, or a seccomp filter that this process is under already, is older than it.
bool filtered() {
  return errno == ENOSYS || errno == EPERM;
}

Result<Ended> wait_with(pid_t pid, int options) {
  int status = 0;
  Ended ended;
  do {
    ended.pid = ::wait4(pid, &status, options, &ended.usage);
  } while (ended.pid < 0 && errno == EINTR);
  if (ended.pid < 0) return sys_error(fmt::format("wait for process {}", pid));
  ended.signaled = WIFSIGNALED(status);
  ended.status = ended.signaled ? WTERMSIG(status) : WEXITSTATUS(status);
  return ended;
}

}  // namespace

Result<Cloned> clone3(std::uint64_t flags, std::optional<int> cgroup) {
  int pidfd = -1;
  clone_args args{};
  args.flags = flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  // A sibling (CLONE_PARENT) inherits the signal; clone3(2) refuses to be told.
  args.exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
  if (cgroup) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(*cgroup);
  }
  long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0 && filtered() && flags == 0 && !cgroup)
    pid = ::syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, &pidfd, nullptr, nullptr);
  if (pid < 0) return sys_error("start a process (clone3)");
  Cloned cloned;
  cloned.pid = static_cast<pid_t>(pid);
  if (pid > 0) cloned.pidfd.reset(pidfd);
  return cloned;
}

Result<UniqueFd> pidfd_open(pid_t pid) {
  long fd = ::syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) return sys_error(fmt::format("open process {}", pid));
  return UniqueFd(static_cast<int>(fd));
}

Result<void> pidfd_send_signal(int pidfd, int signal) {
  return check(::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0), fmt::format("send signal {}", signal));
}

Result<void> kill(pid_t pid, int signal) {
  return check(::kill(pid, signal), fmt::format("send signal {} to process {}", signal, pid));
}

Result<Ended> wait(pid_t pid) {
  return wait_with(pid, 0);
}

Result<std::optional<Ended>> wait_no_hang(pid_t pid) {
  Ended ended = TRY(wait_with(pid, WNOHANG));
  if (ended.pid == 0) return std::optional<Ended>();
  return std::optional<Ended>(ended);
}

Error execute(const std::string& path, std::span<const std::string> arguments) {
  ::execv(path.c_str(), pointers(arguments).data());
  return sys_error(fmt::format("execute '{}'", path));
}

Error execute(const std::string& path, std::span<const std::string> arguments,
              std::span<const std::string> environment) {
  ::execve(path.c_str(), pointers(arguments).data(), pointers(environment).data());
  return sys_error(fmt::format("execute '{}'", path));
}

Error execute(int file, char* const* argv) {
  ::syscall(SYS_execveat, file, "", argv, environ, AT_EMPTY_PATH);
  return sys_error("execute an open file");
}

Result<void> unshare(int flags) {
  return check(::unshare(flags), fmt::format("unshare namespaces {:#x}", flags));
}
Result<void> setns(int fd, int flags) {
  return check(::setns(fd, flags), "join namespace");
}

Result<void> sethostname(const std::string& name) {
  return check(::sethostname(name.data(), name.size()), fmt::format("set hostname '{}'", name));
}

Result<void> setdomainname(const std::string& name) {
  return check(::setdomainname(name.data(), name.size()), fmt::format("set domain name '{}'", name));
}

Result<void> chroot(const std::string& path) {
  return check(::chroot(path.c_str()), fmt::format("chroot '{}'", path));
}

Result<void> chdir(const std::string& path) {
  return check(::chdir(path.c_str()), fmt::format("change directory to '{}'", path));
}

Result<void> fchdir(int fd) {
  return check(::fchdir(fd), "change directory");
}
Result<void> setsid() {
  return check(::setsid(), "start a session");
}

Result<void> setgroups(std::span<const gid_t> groups) {
  return check(::setgroups(groups.size(), groups.data()), "set supplementary groups");
}

Result<void> setresgid(gid_t gid) {
  return check(::setresgid(gid, gid, gid), fmt::format("set group {}", gid));
}
Result<void> setresuid(uid_t uid) {
  return check(::setresuid(uid, uid, uid), fmt::format("set user {}", uid));
}

Result<void> prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  return check(::prctl(option, a, b, c, d), fmt::format("prctl {}", option));
}

Result<CapabilitySets> capget() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3] = {};
  TRY(check(::syscall(SYS_capget, &header, halves), "read capabilities"));
  auto whole = [](std::uint32_t low, std::uint32_t high) { return low | std::uint64_t{high} << 32; };
  return CapabilitySets{whole(halves[0].effective, halves[1].effective),
                        whole(halves[0].permitted, halves[1].permitted),
                        whole(halves[0].inheritable, halves[1].inheritable)};
}

Result<void> capset(const CapabilitySets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  auto low = [](std::uint64_t mask) { return static_cast<std::uint32_t>(mask); };
  auto high = [](std::uint64_t mask) { return static_cast<std::uint32_t>(mask >> 32); };
  const __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3] = {
      {low(sets.effective), low(sets.permitted), low(sets.inheritable)},
      {high(sets.effective), high(sets.permitted), high(sets.inheritable)},
  };
  return check(::syscall(SYS_capset, &header, halves), "set capabilities");
}

Result<bool> in_bounding_set(unsigned capability) {
  int present = ::prctl(PR_CAPBSET_READ, static_cast<unsigned long>(capability), 0UL, 0UL, 0UL);
  if (present < 0) return sys_error(fmt::format("read capability {} of the bounding set", capability));
  return present == 1;
}

Result<void> setrlimit(int resource, const rlimit& limit) {
  // Through prlimit(2), because glibc's own setrlimit takes an enum in C++.
  return check(::syscall(SYS_prlimit64, 0, resource, &limit, nullptr), fmt::format("set resource limit {}", resource));
}

Result<rlimit> getrlimit(int resource) {
  rlimit limit{};
  TRY(check(::syscall(SYS_prlimit64, 0, resource, nullptr, &limit), fmt::format("get resource limit {}", resource)));
  return limit;
}

Result<void> close_on_exec_from(unsigned first) {
  constexpr unsigned kCloseRangeCloexec = 1U << 2;
  if (::syscall(SYS_close_range, first, ~0U, kCloseRangeCloexec) == 0) return {};
  if (!filtered() && errno != EINVAL) return sys_error("mark descriptors close-on-exec");
  rlimit limit = TRY(getrlimit(RLIMIT_NOFILE));
  for (unsigned fd = first; fd < limit.rlim_cur; ++fd) ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  return {};
}

Result<void> close_range(unsigned first, unsigned last) {
  if (first > last || ::syscall(SYS_close_range, first, last, 0) == 0) return {};
  if (!filtered()) return sys_error("close descriptors");
  rlimit limit = TRY(getrlimit(RLIMIT_NOFILE));
  for (unsigned fd = first; fd <= last && fd < limit.rlim_cur; ++fd) ::close(static_cast<int>(fd));
  return {};
}

Result<UniqueFd> signalfd(const sigset_t& signals) {
  int fd = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return sys_error("make a signal descriptor");
  return UniqueFd(fd);
}

Result<void> block_signals(const sigset_t& signals, sigset_t* before) {
  return check(::sigprocmask(SIG_BLOCK, &signals, before), "block signals");
}

Result<int> seccomp_set_filter(unsigned flags, const sock_fprog& program) {
  long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result < 0) return sys_error("seccomp");
  return static_cast<int>(result);
}

Result<int> bpf(int command, void* attributes, unsigned size) {
  long result = ::syscall(SYS_bpf, command, attributes, size);
  if (result < 0) return sys_error(fmt::format("bpf command {}", command));
  return static_cast<int>(result);
}

}  // namespace aictr::sys
