#pragma once

// Shares of caches and memory bandwidth (Intel RDT, AMD QoS): groups of the resctrl file system (Linux 4.10,
// Documentation/filesystems/resctrl.rst), by the rules of config-linux.md, "IntelRdt".

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/linux_spec.h"

namespace aictr::runtime {

// What a spec wants of the file system.
struct ResctrlPlan {
  std::string group;                // a directory at its top, or "" for the top itself, the default group
  bool may_make = false;            // else it must be there
  bool temporary = false;           // it goes with the container when it was made for it
  std::vector<std::string> schema;  // lines of its file schemata, in the order in which they are written
  std::string monitor;              // the name of a group below mon_groups/; empty: none
};
// Kind::usage names the JSON path. Pure.
Result<ResctrlPlan> plan_resctrl(const oci::IntelRdt& wanted, const std::string& id);

// Whether the file says what each of the lines does: "L3:0=ff;1=0f" is in "    L3:0=00ff;1=000f\n…". Pure.
bool has_schema(std::string_view schemata, const std::vector<std::string>& lines);

// Where it is mounted, by the text of /proc/self/mountinfo. Pure.
std::optional<std::string> find_resctrl(std::string_view mountinfo);

// A group for one container.
class ResctrlGroup {
 public:
  // Makes it, or finds it, at the mount point. Kind::not_found for one that must be there, Kind::exists for one that
  // has other schemata. A failure leaves nothing.
  static Result<ResctrlGroup> prepare(const std::string& mount, const ResctrlPlan& plan);

  // Moves a process there; its children are born there.
  Result<void> add(pid_t pid) const;

  const std::string& directory() const { return group_; }

  // What is to be removed with the container, in that order: absolute directories.
  const std::vector<std::string>& made() const { return made_; }

 private:
  std::string group_;
  std::string monitor_;  // empty: none
  std::vector<std::string> made_;
};

// Of this host. Kind::unsupported where the file system is not mounted.
Result<std::string> resctrl_mount();

// Writes lines to the schemata of a group.
Result<void> write_schema(const std::string& group, const std::vector<std::string>& lines);

// The directories of a container that has ended; what is gone already is no error.
Result<void> remove_resctrl(const std::vector<std::string>& directories);

}  // namespace aictr::runtime
