#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::images {

// --chmod of COPY: octal up to 7777, or symbolic as chmod(1) has it: "u=rwX,go=rX", "a-w", "g+s", "o=u".
class ModeChange {
 public:
  static Result<ModeChange> parse(std::string_view text);  // Kind::usage

  mode_t apply(mode_t mode, bool directory) const;
  bool is_absolute() const { return absolute_; }

 private:
  struct Clause {
    mode_t who = 0;  // a mask of the bits it may touch
    char operation = '=';
    mode_t bits = 0;              // for everybody
    bool execute_if_any = false;  // X
    char copied_from = 0;         // u, g or o
  };

  static Result<Clause> parse_clause(std::string_view text, std::string_view whole);

  bool absolute_ = false;
  mode_t mode_ = 0;
  std::vector<Clause> clauses_;
};

}  // namespace aictr::images
