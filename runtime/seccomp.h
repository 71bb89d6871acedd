#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"
#include "oci/seccomp_spec.h"

namespace aictr::runtime {

// A seccomp profile as a BPF program (seccomp(2), bpf of struct seccomp_data). Ours instead of libseccomp's compiler,
// which needs milliseconds for a profile of 400 names; libseccomp resolves names and judges the result in tests. Pure.
// An unknown system call name is skipped, as runc does; an unknown action, operator or architecture is Kind::usage with
// its JSON path.
struct SeccompProgram {
  std::vector<sock_filter> instructions;
  unsigned flags = 0;           // SECCOMP_FILTER_FLAG_*
  bool needs_listener = false;  // an action is SCMP_ACT_NOTIFY
};
Result<SeccompProgram> compile_seccomp(const oci::Seccomp& profile);

// Installs it for the calling thread. Needs no_new_privs or CAP_SYS_ADMIN. The listener's descriptor, or -1.
Result<int> install_seccomp(const SeccompProgram& program);

}  // namespace aictr::runtime
