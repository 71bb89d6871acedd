#pragma once

// --cache: the caches of models and packages that the caller has in the home directory, in the container, so that
// nothing is loaded twice and what the container adds belongs to the caller.

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/run_command.h"
#include "oci/runtime_spec.h"

namespace aictr::cli {

// Who called: behind sudo, the person who called sudo.
struct Caller {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
};

// Of SUDO_UID and SUDO_GID when we are root and both are there, else of ourselves; the home directory is that of
// /etc/passwd behind sudo, else $HOME. Pure. `variable` is our environment, `passwd` the text of /etc/passwd.
using Variable = std::function<std::optional<std::string>(const std::string&)>;
Result<Caller> find_caller(uid_t uid, gid_t gid, const Variable& variable, const std::string& passwd);

// One directory to show: a cache of the caller's, and the variable that leads a program to it.
struct CacheMount {
  std::string name;      // as --cache has it
  std::string source;    // on the host
  std::string target;    // in the container
  std::string variable;  // "HF_HOME"
  std::string extra;     // one more variable with its value, or empty
};

// What --cache asks for ("hf,pip", repeated, or "all"). A variable that the container's environment has already says
// where its cache is mounted. Pure. Kind::usage for an unknown name, with the names that there are.
Result<std::vector<CacheMount>> plan_caches(const std::vector<std::string>& wanted, const Caller& caller,
                                            const Variable& variable, const std::vector<std::string>& env);

// Makes the caches that are missing, as the caller, and adds them to a spec whose process has its user: with the ids
// mapped (Linux 5.12) so that files of the container's user are the caller's on disk. Where the file system cannot do
// that they are mounted as they are. A mount of the user's on the same place wins. Returns a line for each that says
// so.
Result<std::vector<std::string>> add_caches(oci::Spec& spec, const RunFlags& flags);

}  // namespace aictr::cli
