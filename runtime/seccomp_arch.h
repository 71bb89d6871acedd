#pragma once

// Architectures and system call numbers as seccomp sees them (struct seccomp_data: `arch` is an AUDIT_ARCH_*, `nr` is
// counted by each architecture in its own way). Numbers come from libseccomp's tables.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::runtime {

// One calling convention. Several can share an `audit` value: x32 calls are x86-64 calls with bit 30 set.
struct SeccompArch {
  std::string_view name;     // "SCMP_ARCH_X86_64"
  std::uint32_t token = 0;   // libseccomp's SCMP_ARCH_*
  std::uint32_t audit = 0;   // AUDIT_ARCH_*
  std::uint32_t family = 0;  // the token of the 64-bit architecture whose kernel runs it
  bool wide = false;         // arguments of 64 bits
};

inline constexpr std::uint32_t kX32Bit = 0x40000000;

const SeccompArch* find_seccomp_arch(std::string_view name);
const SeccompArch* find_seccomp_arch(std::uint32_t token);
std::vector<std::string> seccomp_arch_names();
std::uint32_t native_seccomp_arch();  // SCMP_ARCH_*

// How one call can be made: by a number of its own, by a number that several share, of which `first_argument` chooses
// one (socketcall(2) and ipc(2) of i386), or by both.
struct SyscallEntry {
  std::uint32_t number = 0;
  std::optional<std::uint32_t> first_argument;
};

// Nothing when the architecture has no such call, or libseccomp does not know it.
std::vector<SyscallEntry> resolve_syscall(const SeccompArch& arch, const std::string& name);

}  // namespace aictr::runtime
