#include "runtime/seccomp_code.h"

#include <linux/seccomp.h>

#include <cstddef>
#include <iterator>
#include <span>

namespace aictr::runtime {
namespace {

using Code = std::vector<sock_filter>;

constexpr std::size_t kFarthestJump = 255;

sock_filter statement(int code, std::uint32_t k) {
  return {static_cast<__u16>(code), 0, 0, k};
}

sock_filter jump(int condition, std::uint32_t k, std::size_t if_true, std::size_t if_false) {
  return {static_cast<__u16>(BPF_JMP | condition | BPF_K), static_cast<__u8>(if_true), static_cast<__u8>(if_false), k};
}

sock_filter load(std::size_t offset) {
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter answer(std::uint32_t action) {
  return statement(BPF_RET | BPF_K, action);
}

void append(Code& code, const Code& more) {
  code.insert(code.end(), more.begin(), more.end());
}

// `condition` holds for the accumulator: go on with `yes`, else with `no`. Both must end in an answer.
Code choose(int condition, std::uint32_t k, const Code& yes, const Code& no) {
  Code code;
  if (no.size() <= kFarthestJump) {
    code.push_back(jump(condition, k, no.size(), 0));
  } else {
    code.push_back(jump(condition, k, 0, 1));
    code.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(no.size())));
  }
  append(code, no);
  append(code, yes);
  return code;
}

// The checks of one condition: falls off its end when they hold and jumps to `failed`, the place behind the condition's
// answer, when they do not. Short enough for any of its jumps: at most 8 instructions a check.
class Checks {
 public:
  void add(const ArgumentCheck& check) {
    offset_ = offsetof(seccomp_data, args) + check.index * sizeof(__u64);
    low_ = static_cast<std::uint32_t>(check.value);
    high_ = static_cast<std::uint32_t>(check.value >> 32);
    low_mask_ = static_cast<std::uint32_t>(check.mask);
    high_mask_ = static_cast<std::uint32_t>(check.mask >> 32);
    wide_ = check.wide;
    switch (check.op) {
      case Compare::eq:
      case Compare::masked_eq:
        return add_equal();
      case Compare::ne:
        return add_not_equal();
      case Compare::gt:
        return add_above(BPF_JGT, true);
      case Compare::ge:
        return add_above(BPF_JGE, true);
      case Compare::le:
        return add_above(BPF_JGT, false);
      case Compare::lt:
        return add_above(BPF_JGE, false);
    }
  }

  Code code(std::uint32_t action) && {
    for (auto [place, on_true] : to_failed_) {
      std::size_t distance = code_.size() - place;  // over the answer that follows
      (on_true ? code_[place].jt : code_[place].jf) = static_cast<__u8>(distance);
    }
    code_.push_back(answer(action));
    return std::move(code_);
  }

 private:
  struct Exit {
    std::size_t place;
    bool on_true;
  };

  void load_high() { load_half(offset_ + 4, high_mask_); }
  void load_low() { load_half(offset_, low_mask_); }  // little-endian, like every architecture this is built for
  void load_half(std::size_t offset, std::uint32_t mask) {
    code_.push_back(load(offset));
    if (mask != 0xffffffff) code_.push_back(statement(BPF_ALU | BPF_AND | BPF_K, mask));
  }
  void fail_unless(int condition, std::uint32_t k) {
    to_failed_.push_back({code_.size(), false});
    code_.push_back(jump(condition, k, 0, 0));
  }
  void fail_if(int condition, std::uint32_t k) {
    to_failed_.push_back({code_.size(), true});
    code_.push_back(jump(condition, k, 0, 0));
  }

  void add_equal() {
    if (wide_ && (high_mask_ != 0 || high_ != 0)) {
      load_high();
      fail_unless(BPF_JEQ, high_);
    }
    load_low();
    fail_unless(BPF_JEQ, low_);
  }

  void add_not_equal() {
    if (wide_) {
      load_high();
      code_.push_back(jump(BPF_JEQ, high_, 0, 2));  // halves that differ: nothing more to ask
    }
    load_low();
    fail_if(BPF_JEQ, low_);
  }

  // Whether the argument is above the value (BPF_JGT), or at or above it (BPF_JGE), or (`expected` false) is not.
  void add_above(int condition, bool expected) {
    if (wide_) {
      load_high();
      if (expected) {
        code_.push_back(jump(BPF_JGT, high_, 3, 0));
        fail_unless(BPF_JEQ, high_);
      } else {
        fail_if(BPF_JGT, high_);
        code_.push_back(jump(BPF_JEQ, high_, 0, 2));
      }
    }
    load_low();
    if (expected)
      fail_unless(condition, low_);
    else
      fail_if(condition, low_);
  }

  Code code_;
  std::vector<Exit> to_failed_;
  std::size_t offset_ = 0;
  std::uint32_t low_ = 0;
  std::uint32_t high_ = 0;
  std::uint32_t low_mask_ = 0;
  std::uint32_t high_mask_ = 0;
  bool wide_ = true;
};

Code decide(const Decision& decision) {
  Code code;
  for (const ConditionalAction& condition : decision.conditions) {
    Checks checks;
    for (const ArgumentCheck& check : condition.checks) checks.add(check);
    append(code, std::move(checks).code(condition.action));
  }
  code.push_back(answer(decision.otherwise));
  return code;
}

struct Range {
  std::uint32_t first;
  const Decision* decision;
};

Code search(std::span<const Range> ranges) {
  if (ranges.size() == 1) return decide(*ranges.front().decision);
  std::size_t middle = ranges.size() / 2;
  return choose(BPF_JGE, ranges[middle].first, search(ranges.subspan(middle)), search(ranges.first(middle)));
}

Code search(const DecisionTable& table) {
  std::vector<Range> ranges;
  for (const auto& [first, decision] : table) {
    if (ranges.empty() || !(*ranges.back().decision == decision)) ranges.push_back({first, &decision});
  }
  return search(std::span<const Range>(ranges));
}

}  // namespace

std::vector<sock_filter> assemble_seccomp(const std::map<std::uint32_t, DecisionTable>& tables,
                                          std::uint32_t bad_architecture) {
  Code code = {answer(bad_architecture)};
  for (const auto& [arch, table] : tables) {
    Code body = {load(offsetof(seccomp_data, nr))};
    append(body, search(table));
    code = choose(BPF_JEQ, arch, body, code);
  }
  code.insert(code.begin(), load(offsetof(seccomp_data, arch)));
  return code;
}

}  // namespace aictr::runtime
