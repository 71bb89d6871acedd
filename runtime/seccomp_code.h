#pragma once

// Machine code of a seccomp filter (linux/filter.h, classic BPF) from decisions by number.

#include <linux/filter.h>

#include <cstdint>
#include <map>
#include <vector>

namespace aictr::runtime {

enum class Compare { ne, lt, le, eq, ge, gt, masked_eq };

struct ArgumentCheck {
  unsigned index = 0;  // 0…5
  Compare op = Compare::eq;
  std::uint64_t value = 0;  // masked_eq: compared with the argument after the mask
  std::uint64_t mask = ~std::uint64_t{0};
  bool wide = true;  // false: only the low 32 bits count, as on a 32-bit architecture
};

// Taken when every check holds.
struct ConditionalAction {
  std::vector<ArgumentCheck> checks;
  std::uint32_t action = 0;  // SECCOMP_RET_* with its data
};

// What happens to one system call: the first condition that holds decides, else `otherwise`.
struct Decision {
  std::vector<ConditionalAction> conditions;
  std::uint32_t otherwise = 0;
};

// Decisions for all numbers of one AUDIT_ARCH_*.
class DecisionTable {
 public:
  // Holds from this number on, until the next begins. Numbers never fall, a repeated one replaces; the first is 0.
  void begin(std::uint32_t number, Decision decision);

 private:
  friend class Assembler;
  struct Range {
    std::uint32_t first = 0;
    Decision decision;
  };
  std::vector<Range> ranges_;
};

// `tables` by AUDIT_ARCH_*; a call of any other architecture gets `bad_architecture`. A decision is found by binary
// search.
std::vector<sock_filter> assemble_seccomp(const std::map<std::uint32_t, DecisionTable>& tables,
                                          std::uint32_t bad_architecture);

}  // namespace aictr::runtime
