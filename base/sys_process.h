#pragma once

// System calls on processes, namespaces and signals; the conventions of sys.h.

#include <linux/filter.h>
#include <linux/sched.h>  // clone_args, CLONE_*
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace aictr::sys {

// What clone3(2) (Linux 5.3) gives the parent. In the child pid is 0 and pidfd is empty.
struct Cloned {
  pid_t pid = 0;
  UniqueFd pidfd;
};
// `cgroup`: a cgroup v2 directory that the child is born in (CLONE_INTO_CGROUP, Linux 5.7), or nothing.
// The child gets a copy of the address space, as after fork(2); the caller must be single-threaded. Without flags and
// cgroup it works behind a seccomp filter that knows only clone(2), too.
Result<Cloned> clone3(std::uint64_t flags, std::optional<int> cgroup = std::nullopt);

Result<UniqueFd> pidfd_open(pid_t pid);
Result<void> pidfd_send_signal(int pidfd, int signal);
Result<void> kill(pid_t pid, int signal);

// How a child ended. `status` is an exit code, or a signal's number when `signaled`.
struct Ended {
  pid_t pid = 0;
  bool signaled = false;
  int status = 0;
  struct rusage usage {};
  int exit_code() const { return signaled ? 128 + status : status; }
};
Result<Ended> wait(pid_t pid);
Result<std::optional<Ended>> wait_no_hang(pid_t pid);  // nothing: it still runs

// Becomes the program at `path` with our environment (execv(2)); comes back only with the reason why not.
Error execute(const std::string& path, std::span<const std::string> arguments);
// The same with an environment of its own (execve(2)): "KEY=value".
Error execute(const std::string& path, std::span<const std::string> arguments,
              std::span<const std::string> environment);

// Becomes the program that `file` is open on, with our environment (execveat(2)).
Error execute(int file, char* const* argv);

Result<void> unshare(int flags);
Result<void> setns(int fd, int flags);
Result<void> sethostname(const std::string& name);
Result<void> setdomainname(const std::string& name);
Result<void> chroot(const std::string& path);
Result<void> chdir(const std::string& path);
Result<void> fchdir(int fd);
Result<void> setsid();
Result<void> setgroups(std::span<const gid_t> groups);
Result<void> setresgid(gid_t gid);  // real, effective and saved
Result<void> setresuid(uid_t uid);
Result<void> prctl(int option, unsigned long a = 0, unsigned long b = 0, unsigned long c = 0, unsigned long d = 0);

// The calling thread's capability sets as 64-bit masks (capget(2), capset(2), version 3).
struct CapabilitySets {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
};
Result<CapabilitySets> capget();
Result<void> capset(const CapabilitySets& sets);
Result<bool> in_bounding_set(unsigned capability);

Result<void> setrlimit(int resource, const rlimit& limit);
Result<rlimit> getrlimit(int resource);

// Marks every descriptor from `first` on close-on-exec (close_range(2) with CLOSE_RANGE_CLOEXEC, Linux 5.11; else one
// by one).
Result<void> close_on_exec_from(unsigned first);

// Closes the descriptors from `first` to `last` (close_range(2), Linux 5.9; else one by one), whoever owns them: only
// for a process that is about to become something else.
Result<void> close_range(unsigned first, unsigned last);

Result<UniqueFd> signalfd(const sigset_t& signals);
Result<void> block_signals(const sigset_t& signals, sigset_t* before = nullptr);

// seccomp(2) with SECCOMP_SET_MODE_FILTER: a listener's descriptor with SECCOMP_FILTER_FLAG_NEW_LISTENER, else 0.
Result<int> seccomp_set_filter(unsigned flags, const sock_fprog& program);

// bpf(2); `attributes` is a union bpf_attr.
Result<int> bpf(int command, void* attributes, unsigned size);

}  // namespace aictr::sys
