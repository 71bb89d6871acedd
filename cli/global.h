#pragma once

#include <string>

#include "base/result.h"
#include "cli/flags.h"

namespace aictr::cli {

// What holds for every command; its flags stand before the command's name: `aictr --root DIR images`.
struct Globals {
  std::string root;     // the store, absolute
  std::string runroot;  // what lives until the next boot, absolute
  bool verbose = false;
  bool debug = false;
  bool version = false;
};

// The flags as a command without a name, for parsing and for help.
extern const CommandFor<Globals> kGlobalFlags;

// Fills what was not given: from AICTR_ROOT and AICTR_RUNROOT, else /var/lib/aictr and /run/aictr for root,
// $XDG_DATA_HOME/aictr (~/.local/share/aictr) and $XDG_RUNTIME_DIR/aictr (else `run` in the store) for everybody else.
Result<void> fill_defaults(Globals& globals);

// Where the runtime keeps the state of this user's containers (runtime::StateRoot).
std::string states_path(const Globals& globals);

}  // namespace aictr::cli
