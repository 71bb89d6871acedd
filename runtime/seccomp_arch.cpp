#include "runtime/seccomp_arch.h"

#include <algorithm>

#include <seccomp.h>

namespace aictr::runtime {
namespace {

constexpr SeccompArch kArchitectures[] = {
    {"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64, SCMP_ARCH_X86_64, SCMP_ARCH_X86_64, true},
    {"SCMP_ARCH_X86", SCMP_ARCH_X86, SCMP_ARCH_X86, SCMP_ARCH_X86_64, false},
    {"SCMP_ARCH_X32", SCMP_ARCH_X32, SCMP_ARCH_X86_64, SCMP_ARCH_X86_64, false},
    {"SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64, SCMP_ARCH_AARCH64, SCMP_ARCH_AARCH64, true},
    {"SCMP_ARCH_ARM", SCMP_ARCH_ARM, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, false},
    {"SCMP_ARCH_RISCV64", SCMP_ARCH_RISCV64, SCMP_ARCH_RISCV64, SCMP_ARCH_RISCV64, true},
    // Valid in a profile, and without effect where aictr runs: no kernel of the families above makes such a call.
    {"SCMP_ARCH_MIPS", SCMP_ARCH_MIPS, SCMP_ARCH_MIPS, 0, false},
    {"SCMP_ARCH_MIPS64", SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS64, 0, true},
    {"SCMP_ARCH_MIPS64N32", SCMP_ARCH_MIPS64N32, SCMP_ARCH_MIPS64N32, 0, false},
    {"SCMP_ARCH_MIPSEL", SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL, 0, false},
    {"SCMP_ARCH_MIPSEL64", SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64, 0, true},
    {"SCMP_ARCH_MIPSEL64N32", SCMP_ARCH_MIPSEL64N32, SCMP_ARCH_MIPSEL64N32, 0, false},
    {"SCMP_ARCH_PPC", SCMP_ARCH_PPC, SCMP_ARCH_PPC, 0, false},
    {"SCMP_ARCH_PPC64", SCMP_ARCH_PPC64, SCMP_ARCH_PPC64, 0, true},
    {"SCMP_ARCH_PPC64LE", SCMP_ARCH_PPC64LE, SCMP_ARCH_PPC64LE, 0, true},
    {"SCMP_ARCH_S390", SCMP_ARCH_S390, SCMP_ARCH_S390, 0, false},
    {"SCMP_ARCH_S390X", SCMP_ARCH_S390X, SCMP_ARCH_S390X, 0, true},
    {"SCMP_ARCH_PARISC", SCMP_ARCH_PARISC, SCMP_ARCH_PARISC, 0, false},
    {"SCMP_ARCH_PARISC64", SCMP_ARCH_PARISC64, SCMP_ARCH_PARISC64, 0, true},
    // libseccomp of Debian 12 has no tables for these three.
    {"SCMP_ARCH_LOONGARCH64", 0, 0, 0, true},
    {"SCMP_ARCH_M68K", 0, 0, 0, false},
    {"SCMP_ARCH_SH", 0, 0, 0, false},
    {"SCMP_ARCH_SHEB", 0, 0, 0, false},
};

// Calls that i386 had only through socketcall(2) (102) or ipc(2) (117) before Linux 4.3 and 5.1 gave most of them
// numbers of their own. libseccomp answers with numbers that stand for both.
struct Multiplexed {
  std::string_view name;
  std::uint32_t through;
  std::uint32_t selector;
  std::uint32_t own;  // 0: none
};
constexpr Multiplexed kI386Multiplexed[] = {
    {"socket", 102, 1, 359},    {"bind", 102, 2, 361},        {"connect", 102, 3, 362},     {"listen", 102, 4, 363},
    {"accept", 102, 5, 0},      {"getsockname", 102, 6, 367}, {"getpeername", 102, 7, 368}, {"socketpair", 102, 8, 360},
    {"send", 102, 9, 0},        {"recv", 102, 10, 0},         {"sendto", 102, 11, 369},     {"recvfrom", 102, 12, 371},
    {"shutdown", 102, 13, 373}, {"setsockopt", 102, 14, 366}, {"getsockopt", 102, 15, 365}, {"sendmsg", 102, 16, 370},
    {"recvmsg", 102, 17, 372},  {"accept4", 102, 18, 364},    {"recvmmsg", 102, 19, 337},   {"sendmmsg", 102, 20, 345},
    {"semop", 117, 1, 0},       {"semget", 117, 2, 393},      {"semctl", 117, 3, 394},      {"semtimedop", 117, 4, 0},
    {"msgsnd", 117, 11, 400},   {"msgrcv", 117, 12, 401},     {"msgget", 117, 13, 399},     {"msgctl", 117, 14, 402},
    {"shmat", 117, 21, 397},    {"shmdt", 117, 22, 398},      {"shmget", 117, 23, 395},     {"shmctl", 117, 24, 396},
};

// Newer than libseccomp 2.5 of Debian 12, whose tables end with Linux 5.17. From 424 on a call has one number on every
// architecture (Linux's scripts/syscall.tbl).
struct NewSyscall {
  std::string_view name;
  std::uint32_t number;
};
constexpr NewSyscall kNewSyscalls[] = {
    {"set_mempolicy_home_node", 450},
    {"cachestat", 451},
    {"fchmodat2", 452},
    {"map_shadow_stack", 453},
    {"futex_wake", 454},
    {"futex_wait", 455},
    {"futex_requeue", 456},
    {"statmount", 457},
    {"listmount", 458},
    {"lsm_get_self_attr", 459},
    {"lsm_set_self_attr", 460},
    {"lsm_list_modules", 461},
    {"mseal", 462},
    {"setxattrat", 463},
    {"getxattrat", 464},
    {"listxattrat", 465},
    {"removexattrat", 466},
    {"open_tree_attr", 467},
    {"file_getattr", 468},
    {"file_setattr", 469},
};

template <class Table>
auto find_by_name(const Table& table, std::string_view name) -> decltype(std::begin(table)) {
  auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::vector<SyscallEntry> entries_of(const Multiplexed& call) {
  std::vector<SyscallEntry> entries = {{call.through, call.selector}};
  if (call.own != 0) entries.push_back({call.own, {}});
  return entries;
}

}  // namespace

const SeccompArch* find_seccomp_arch(std::string_view name) {
  return find_by_name(kArchitectures, name);
}

const SeccompArch* find_seccomp_arch(std::uint32_t token) {
  auto same = [&](const SeccompArch& arch) { return arch.token == token; };
  auto found = std::find_if(std::begin(kArchitectures), std::end(kArchitectures), same);
  return found == std::end(kArchitectures) ? nullptr : found;
}

std::vector<std::string> seccomp_arch_names() {
  std::vector<std::string> names;
  for (const SeccompArch& arch : kArchitectures) names.emplace_back(arch.name);
  return names;
}

std::uint32_t native_seccomp_arch() {
  return ::seccomp_arch_native();
}

std::vector<SyscallEntry> resolve_syscall(const SeccompArch& arch, const std::string& name) {
  int number = ::seccomp_syscall_resolve_name_arch(arch.token, name.c_str());
  if (number >= 0) return {{static_cast<std::uint32_t>(number), {}}};
  if (number == __NR_SCMP_ERROR) {
    const NewSyscall* call = find_by_name(kNewSyscalls, name);
    if (call == nullptr) return {};
    return {{call->number | (arch.token == SCMP_ARCH_X32 ? kX32Bit : 0), {}}};
  }
  if (arch.token != SCMP_ARCH_X86) return {};
  const Multiplexed* call = find_by_name(kI386Multiplexed, name);
  return call == nullptr ? std::vector<SyscallEntry>() : entries_of(*call);
}

}  // namespace aictr::runtime
