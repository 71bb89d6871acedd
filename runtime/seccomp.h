#pragma once

// A seccomp profile (config-linux.md) as a program (seccomp(2)). The compiler is ours instead of libseccomp's, which
// needs milliseconds for a profile of 400 names; libseccomp resolves the names, and judges the result in tests.

#include <linux/filter.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/seccomp_spec.h"
#include "runtime/seccomp_arch.h"

namespace aictr::runtime {

struct SeccompProgram {
  std::vector<sock_filter> instructions;
  unsigned flags = 0;           // SECCOMP_FILTER_FLAG_*
  bool needs_listener = false;  // an action is SCMP_ACT_NOTIFY
};

// Pure. As runc does it, where the specification leaves room:
// - a system call that the architecture does not have, or nobody knows, is passed over;
// - a rule without arguments wins over those with arguments for the same call, else the first that matches does;
// - conditions of one rule must all hold, unless two are about the same argument: then each is a rule of its own;
// - under a default that refuses, a call newer than every one that the profile names fails with ENOSYS, so that a C
//   library falls back to what it did before;
// - without flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW is set.
// An unknown action, operator, flag or architecture is Kind::usage with its JSON pointer.
Result<SeccompProgram> compile_seccomp(const oci::Seccomp& profile, std::uint32_t native = native_seccomp_arch());

// The words of a profile that the compiler knows, sorted as the specification lists them.
struct SeccompWords {
  std::vector<std::string> actions;
  std::vector<std::string> operators;
  std::vector<std::string> flags;
  std::vector<std::string> architectures;
};
SeccompWords known_seccomp_words();

// Installs it for the calling thread. Needs no_new_privs or CAP_SYS_ADMIN. The listener's descriptor, or an empty one.
Result<UniqueFd> install_seccomp(const SeccompProgram& program);

}  // namespace aictr::runtime
