#pragma once

// The device controller of cgroup v2: a BPF program of type BPF_PROG_TYPE_CGROUP_DEVICE (Linux 4.15) on the cgroup.

#include <linux/bpf.h>

#include <vector>

#include "base/result.h"
#include "runtime/device_rules.h"

namespace aictr::runtime {

// Pure. It answers 1 (allow) or 0 (EPERM) for a struct bpf_cgroup_dev_ctx.
std::vector<bpf_insn> compile_device_filter(const DevicePolicy& policy);

// Loads the program and attaches it to the v2 cgroup of this descriptor in place of those that were there, without a
// moment in which none is. Programs of the cgroups above go on being asked too. Needs CAP_BPF (or CAP_SYS_ADMIN) and
// CAP_NET_ADMIN.
Result<void> install_device_filter(int cgroup, const std::vector<bpf_insn>& program);

}  // namespace aictr::runtime
