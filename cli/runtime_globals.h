#pragma once

// The flags of aictr-runtime that stand before its command: those of runc.

#include <string>

#include "base/result.h"
#include "cli/flags.h"

namespace aictr::cli {

struct RuntimeGlobals {
  std::string root;
  std::string log;
  std::string log_format = "text";
  std::string rootless;
  bool debug = false;
  bool systemd_cgroup = false;
  bool version = false;
};
extern const CommandFor<RuntimeGlobals> kRuntimeGlobalFlags;

// /run/aictr-runtime, or below $XDG_RUNTIME_DIR for who is not root.
std::string default_runtime_root();

// Appends the error to the log file, as one line of text or one JSON object, which containerd and conmon read; and
// prints it on standard error.
void log_runtime_error(const RuntimeGlobals& globals, const Error& error);
// What does not end the command: to the log file, or without one to standard error.
void log_runtime_warning(const RuntimeGlobals& globals, const Error& error);

}  // namespace aictr::cli
