#pragma once

#include <string>
#include <vector>

#include "cli/doctor_facts.h"

namespace aictr::cli {

enum class Health { ok, warning, broken };

struct Finding {
  std::string name;  // "cgroups"
  Health health = Health::ok;
  std::string text;  // one line: what there is, or what is wrong
  std::string mend;  // a command, or what else to do; empty when there is nothing to mend
};

// Every check, in the order in which they are shown. Pure.
std::vector<Finding> examine(const DoctorFacts& facts);

}  // namespace aictr::cli
