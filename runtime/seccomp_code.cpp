#include "runtime/seccomp_code.h"

#include <linux/seccomp.h>

#include <cstddef>
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

}  // namespace

void DecisionTable::begin(std::uint32_t number, Decision decision) {
  if (!ranges_.empty() && ranges_.back().first == number) ranges_.pop_back();
  bool same = !ranges_.empty() && ranges_.back().decision.conditions.empty() && decision.conditions.empty() &&
              ranges_.back().decision.otherwise == decision.otherwise;
  if (!same) ranges_.push_back({number, std::move(decision)});
}

// Writes the program from its end to its beginning, so that every jump knows how far it has to go.
class Assembler {
 public:
  void put(sock_filter insn) { reversed_.push_back(insn); }
  void put(const Code& code) { reversed_.insert(reversed_.end(), code.rbegin(), code.rend()); }

  void decide(const Decision& decision) {
    put(answer(decision.otherwise));
    for (auto condition = decision.conditions.rbegin(); condition != decision.conditions.rend(); ++condition) {
      Checks checks;
      for (const ArgumentCheck& check : condition->checks) checks.add(check);
      put(std::move(checks).code(condition->action));
    }
  }

  void search(const DecisionTable& table) { search(std::span<const DecisionTable::Range>(table.ranges_)); }

  // Jumps over what was put since `mark` when the comparison of the accumulator comes out so.
  void skip_if(int condition, std::uint32_t k, bool outcome, std::size_t mark) {
    std::size_t distance = size() - mark;
    if (distance > kFarthestJump) {
      put(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(distance)));
      outcome = !outcome;  // over the long jump
      distance = 1;
    }
    put(outcome ? jump(condition, k, distance, 0) : jump(condition, k, 0, distance));
  }

  std::size_t size() const { return reversed_.size(); }
  Code code() && { return {reversed_.rbegin(), reversed_.rend()}; }

 private:
  void search(std::span<const DecisionTable::Range> ranges) {
    if (ranges.size() == 1) return decide(ranges.front().decision);
    std::size_t middle = ranges.size() / 2;
    search(ranges.subspan(middle));
    std::size_t mark = size();
    search(ranges.first(middle));
    skip_if(BPF_JGE, ranges[middle].first, true, mark);
  }

  Code reversed_;
};

std::vector<sock_filter> assemble_seccomp(const std::map<std::uint32_t, DecisionTable>& tables,
                                          std::uint32_t bad_architecture) {
  Assembler code;
  code.put(answer(bad_architecture));
  for (const auto& [arch, table] : tables) {
    std::size_t mark = code.size();
    code.search(table);
    code.put(load(offsetof(seccomp_data, nr)));
    code.skip_if(BPF_JEQ, arch, false, mark);
  }
  code.put(load(offsetof(seccomp_data, arch)));
  return std::move(code).code();
}

}  // namespace aictr::runtime
