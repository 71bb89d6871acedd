#include "oci/default_seccomp.h"

#include <algorithm>
#include <string_view>

#include <errno.h>

#include "base/text.h"

namespace aictr::oci {
namespace {

// Names of system calls, parted by blanks, for all architectures: one that an architecture does not have means nothing
// there.
using Names = std::string_view;

constexpr Names kFiles =
    "access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 "
    "fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 "
    "fdatasync flock fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents "
    "getdents64 ioctl lchown lchown32 link linkat _llseek lseek lstat lstat64 mkdir mkdirat mknod mknodat "
    "name_to_handle_at newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead "
    "readlink readlinkat readv rename renameat renameat2 rmdir sendfile sendfile64 splice stat stat64 statfs statfs64 "
    "statx symlink symlinkat sync sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat "
    "utimensat_time64 utimes vmsplice write writev";

constexpr Names kFileAttributes =
    "fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat llistxattr "
    "lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat";

constexpr Names kWatching = "fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch";

constexpr Names kEventsAndPipes =
    "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd "
    "eventfd2 _newselect pipe pipe2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4";

constexpr Names kAsynchronousIo =
    "io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit";

// socket(2) itself is under a condition, below.
constexpr Names kNetwork =
    "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 "
    "recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair";

constexpr Names kMemory =
    "brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 "
    "mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease "
    "remap_file_pages";

// Of the caller's own memory; migrate_pages(2) and move_pages(2), which name another process, stay out.
constexpr Names kOwnMemoryPolicy = "get_mempolicy mbind set_mempolicy set_mempolicy_home_node";

constexpr Names kSharedMemoryAndMessages =
    "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 "
    "mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget";

constexpr Names kProcesses =
    "execve execveat exit exit_group fork getpgid getpgrp getpid getppid getsid gettid kill pidfd_open "
    "pidfd_send_signal prctl ptrace process_vm_readv process_vm_writev restart_syscall rt_sigqueueinfo "
    "rt_tgsigqueueinfo set_tid_address setpgid setsid tgkill tkill vfork wait4 waitid waitpid";

constexpr Names kThreads =
    "arch_prctl futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake get_robust_list get_thread_area "
    "getcpu modify_ldt rseq set_robust_list set_thread_area";

constexpr Names kSignals =
    "alarm pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 sigaltstack sigprocmask sigreturn uretprobe";

constexpr Names kUsers =
    "capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 "
    "getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
    "setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32";

constexpr Names kScheduling =
    "getpriority getrlimit getrusage ioprio_get ioprio_set prlimit64 sched_get_priority_max sched_get_priority_min "
    "sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval "
    "sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield "
    "setpriority setrlimit ugetrlimit";

// Setting a clock needs CAP_SYS_TIME too; what adjtimex(2) reads is harmless.
constexpr Names kTime =
    "adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete "
    "timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime "
    "timerfd_gettime64 timerfd_settime timerfd_settime64 times";

constexpr Names kSystem =
    "getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp sysinfo uname";

constexpr Names kOtherArchitectures =
    "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush riscv_flush_icache riscv_hwprobe set_tls "
    "sync_file_range2";

struct CapabilityCalls {
  std::string_view capability;
  Names names;
};

// Without the capability the kernel refuses them anyway; allowing them would only show more of it to an attacker.
constexpr CapabilityCalls kWithCapability[] = {
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_SYS_ADMIN",
     "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick listmount lookup_dcookie lsm_get_self_attr "
     "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree open_tree_attr perf_event_open "
     "quotactl quotactl_fd setdomainname sethostname setns statmount syslog umount umount2 unshare"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_MODULE", "delete_module finit_module init_module"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_PTRACE", "kcmp pidfd_getfd process_madvise"},
    {"CAP_SYS_RAWIO", "ioperm iopl"},
    {"CAP_SYS_TIME", "clock_settime clock_settime64 settimeofday stime"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
    {"CAP_SYSLOG", "syslog"},
    {"CAP_BPF", "bpf"},
    {"CAP_PERFMON", "perf_event_open"},
};

SeccompRule allow(Names names, std::vector<SeccompArg> args = {}) {
  SeccompRule rule;
  rule.names = words(names);
  rule.action = "SCMP_ACT_ALLOW";
  rule.args = std::move(args);
  return rule;
}

// Sockets to the hypervisor are the one family that no namespace confines.
SeccompRule sockets_but_vsock() {
  constexpr std::uint64_t kAfVsock = 40;
  return allow("socket", {{0, kAfVsock, 0, "SCMP_CMP_NE"}});
}

// PER_LINUX and PER_LINUX32, each with and without UNAME26, and the question which one it is.
void allow_personalities(Seccomp& profile) {
  for (std::uint64_t persona : {0x0U, 0x8U, 0x20000U, 0x20008U, 0xffffffffU})
    profile.syscalls.push_back(allow("personality", {{0, persona, 0, "SCMP_CMP_EQ"}}));
}

// New threads and processes, but no new namespaces: in a user namespace of its own a process would have every
// capability. No filter can see the flags of clone3(2), which lie in memory, so the C library is sent back to clone(2).
void allow_clone_without_namespaces(Seccomp& profile) {
  constexpr std::uint64_t kNamespaceFlags = 0x7e020000;  // CLONE_NEWNS NEWCGROUP NEWUTS NEWIPC NEWUSER NEWPID NEWNET
  profile.syscalls.push_back(allow("clone", {{0, kNamespaceFlags, 0, "SCMP_CMP_MASKED_EQ"}}));
  SeccompRule unknown;
  unknown.names = {"clone3"};
  unknown.action = "SCMP_ACT_ERRNO";
  unknown.errno_ret = ENOSYS;
  profile.syscalls.push_back(std::move(unknown));
}

std::vector<std::string> architectures() {
#if defined(__x86_64__)
  return {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
#elif defined(__aarch64__)
  return {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"};
#else
  return {};
#endif
}

}  // namespace

Seccomp default_seccomp(const std::vector<std::string>& capabilities) {
  auto has = [&](std::string_view name) {
    return std::find(capabilities.begin(), capabilities.end(), name) != capabilities.end();
  };
  Seccomp profile;
  profile.default_action = "SCMP_ACT_ERRNO";
  profile.default_errno_ret = EPERM;
  profile.architectures = architectures();
  for (Names group : {kFiles, kFileAttributes, kWatching, kEventsAndPipes, kAsynchronousIo, kNetwork, kMemory,
                      kOwnMemoryPolicy, kSharedMemoryAndMessages, kProcesses, kThreads, kSignals, kUsers, kScheduling,
                      kTime, kSystem, kOtherArchitectures})
    profile.syscalls.push_back(allow(group));
  profile.syscalls.push_back(sockets_but_vsock());
  allow_personalities(profile);
  for (const CapabilityCalls& calls : kWithCapability) {
    if (has(calls.capability)) profile.syscalls.push_back(allow(calls.names));
  }
  if (!has("CAP_SYS_ADMIN")) allow_clone_without_namespaces(profile);
  return profile;
}

}  // namespace aictr::oci
