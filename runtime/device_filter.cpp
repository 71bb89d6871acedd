#include "runtime/device_filter.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include <fmt/core.h>

#include "base/sys_process.h"
#include "base/unique_fd.h"

namespace aictr::runtime {
namespace {

// What a register holds throughout. Register 0 becomes the answer; 1 comes as the context and is then free.
constexpr int kAnswer = BPF_REG_0;
constexpr int kContext = BPF_REG_1;
constexpr int kScratch = BPF_REG_1;
constexpr int kType = BPF_REG_2;
constexpr int kRemaining = BPF_REG_3;  // the access rights asked for that no rule has decided yet
constexpr int kMajor = BPF_REG_4;
constexpr int kMinor = BPF_REG_5;

bpf_insn instruction(int code, int destination, int source, int offset, int immediate) {
  bpf_insn insn{};
  insn.code = static_cast<__u8>(code);
  insn.dst_reg = static_cast<__u8>(destination & 0xf);
  insn.src_reg = static_cast<__u8>(source & 0xf);
  insn.off = static_cast<__s16>(offset);
  insn.imm = immediate;
  return insn;
}

class Assembler {
 public:
  void load(int destination, std::size_t offset) {
    emit(BPF_LDX | BPF_MEM | BPF_W, destination, kContext, static_cast<int>(offset), 0);
  }
  void copy(int destination, int source) { emit(BPF_ALU | BPF_MOV | BPF_X, destination, source, 0, 0); }
  void set(int destination, int value) { emit(BPF_ALU | BPF_MOV | BPF_K, destination, 0, 0, value); }
  void mask(int destination, int value) { emit(BPF_ALU | BPF_AND | BPF_K, destination, 0, 0, value); }
  void shift_right(int destination, int bits) { emit(BPF_ALU | BPF_RSH | BPF_K, destination, 0, 0, bits); }
  void answer(bool allow) {
    set(kAnswer, allow ? 1 : 0);
    emit(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
  }

  // Jumps to where the block that is being written ends, or to where its answer begins. The kernel's verifier walks on
  // before it takes a jump: let what it walks into be the case that it learns least from, and it will know all the rest
  // already. The other way around the same program takes it four times as long.
  void leave() { jump_later(leaving_, BPF_JA, 0, 0); }
  void leave_if_equals(int reg, std::uint32_t value) { jump_later(leaving_, BPF_JEQ, reg, value); }
  void go_on_if_equals(int reg, std::uint32_t value) { jump_later(going_on_, BPF_JEQ, reg, value); }
  void here_goes_on() { land(going_on_); }
  void end_block() { land(leaving_); }

  std::vector<bpf_insn> program() && { return std::move(program_); }

 private:
  void emit(int code, int destination, int source, int offset, int immediate) {
    program_.push_back(instruction(code, destination, source, offset, immediate));
  }
  void jump_later(std::vector<std::size_t>& jumps, int condition, int reg, std::uint32_t value) {
    jumps.push_back(program_.size());
    emit(BPF_JMP | condition | BPF_K, reg, 0, 0, static_cast<int>(value));
  }
  void land(std::vector<std::size_t>& jumps) {
    for (std::size_t jump : jumps) program_[jump].off = static_cast<__s16>(program_.size() - jump - 1);
    jumps.clear();
  }

  std::vector<bpf_insn> program_;
  std::vector<std::size_t> leaving_;
  std::vector<std::size_t> going_on_;
};

void load_request(Assembler& code) {
  code.load(kType, offsetof(bpf_cgroup_dev_ctx, access_type));
  code.load(kMajor, offsetof(bpf_cgroup_dev_ctx, major));
  code.load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor));
  code.copy(kRemaining, kType);
  code.shift_right(kRemaining, 16);
  code.mask(kType, 0xffff);
}

// Rules beside each other that differ in their minor number only, or in their type only.
struct Block {
  DeviceMatch rule;
  bool any_type = false;
  std::vector<std::uint32_t> minors;  // none: every one
};

bool alike(const DeviceMatch& a, const DeviceMatch& b) {
  return a.allow == b.allow && a.major == b.major && a.access == b.access;
}

bool take(Block& block, const DeviceMatch& rule) {
  if (!alike(rule, block.rule) || block.any_type) return false;
  bool same_type = rule.type == block.rule.type;
  if (!rule.minor && block.minors.empty()) {
    block.any_type = !same_type;
    return true;
  }
  if (!same_type || !rule.minor || block.minors.empty()) return false;
  block.minors.push_back(*rule.minor);
  return true;
}

// From the last rule to the first: what a later one has decided, an earlier one no longer sees.
std::vector<Block> blocks_of(const DevicePolicy& policy) {
  std::vector<Block> blocks;
  for (auto rule = policy.rules.rbegin(); rule != policy.rules.rend(); ++rule) {
    if (!blocks.empty() && take(blocks.back(), *rule)) continue;
    blocks.push_back({*rule, false, {}});
    if (rule->minor) blocks.back().minors.push_back(*rule->minor);
  }
  return blocks;
}

void require_equal(Assembler& code, int reg, std::span<const std::uint32_t> values) {
  for (std::uint32_t value : values) code.go_on_if_equals(reg, value);
  code.leave();
  code.here_goes_on();
}

constexpr unsigned kEveryAccess = BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE | BPF_DEVCG_ACC_MKNOD;

void decide(Assembler& code, const Block& block) {
  const DeviceMatch& rule = block.rule;
  const std::uint32_t type = rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
  if (!block.any_type) require_equal(code, kType, {{type}});
  if (rule.major) require_equal(code, kMajor, {{*rule.major}});
  if (!block.minors.empty()) require_equal(code, kMinor, block.minors);
  if (rule.access != kEveryAccess && rule.allow) {
    code.mask(kRemaining, static_cast<int>(~rule.access));
    require_equal(code, kRemaining, {{0}});
  } else if (rule.access != kEveryAccess) {
    code.copy(kScratch, kRemaining);
    code.mask(kScratch, static_cast<int>(rule.access));
    code.leave_if_equals(kScratch, 0);
  }
  code.answer(rule.allow);
  code.end_block();
}

Result<UniqueFd> load_program(const std::vector<bpf_insn>& program) {
  static constexpr char kLicense[] = "Apache-2.0";
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
  attributes.insn_cnt = static_cast<__u32>(program.size());
  attributes.license = reinterpret_cast<std::uintptr_t>(kLicense);
  std::memcpy(attributes.prog_name, "aictr_devices", sizeof "aictr_devices");
  return UniqueFd(TRY(sys::bpf(BPF_PROG_LOAD, &attributes, sizeof attributes)));
}

// Linux refuses more than this many programs on one cgroup (BPF_CGROUP_MAX_PROGS).
using ProgramIds = std::array<__u32, 64>;

Result<std::size_t> attached_programs(int cgroup, ProgramIds& ids) {
  bpf_attr attributes{};
  attributes.query.target_fd = static_cast<__u32>(cgroup);
  attributes.query.attach_type = BPF_CGROUP_DEVICE;
  attributes.query.prog_ids = reinterpret_cast<std::uintptr_t>(ids.data());
  attributes.query.prog_cnt = static_cast<__u32>(ids.size());
  TRY(sys::bpf(BPF_PROG_QUERY, &attributes, sizeof attributes));
  return attributes.query.prog_cnt;
}

Result<void> attach(int cgroup, int program) {
  bpf_attr attributes{};
  attributes.target_fd = static_cast<__u32>(cgroup);
  attributes.attach_bpf_fd = static_cast<__u32>(program);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;  // so that a container with its own cgroups may filter further
  TRY(sys::bpf(BPF_PROG_ATTACH, &attributes, sizeof attributes));
  return {};
}

Result<void> detach(int cgroup, __u32 id) {
  bpf_attr find{};
  find.prog_id = id;
  UniqueFd program(TRY(sys::bpf(BPF_PROG_GET_FD_BY_ID, &find, sizeof find)));
  bpf_attr attributes{};
  attributes.target_fd = static_cast<__u32>(cgroup);
  attributes.attach_bpf_fd = static_cast<__u32>(program.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  TRY(sys::bpf(BPF_PROG_DETACH, &attributes, sizeof attributes));
  return {};
}

}  // namespace

std::vector<bpf_insn> compile_device_filter(const DevicePolicy& policy) {
  Assembler code;
  load_request(code);
  for (const Block& block : blocks_of(policy)) decide(code, block);
  code.answer(policy.otherwise);
  return std::move(code).program();
}

Result<void> install_device_filter(int cgroup, const std::vector<bpf_insn>& program) {
  auto loaded = load_program(program);
  if (!loaded.ok())
    return std::move(loaded)
        .error()
        .context("load the device filter (BPF_PROG_TYPE_CGROUP_DEVICE)")
        .with_hint("device rules on cgroup v2 need a kernel with CONFIG_CGROUP_BPF, CAP_BPF and CAP_NET_ADMIN");
  UniqueFd filter = std::move(loaded).value();
  ProgramIds before{};
  std::size_t count = TRY_AS("list the device filters of the cgroup", attached_programs(cgroup, before));
  TRY_AS("attach the device filter", attach(cgroup, filter.get()));
  for (std::size_t i = 0; i < count; ++i) TRY_AS("replace the device filter", detach(cgroup, before[i]));
  return {};
}

}  // namespace aictr::runtime
