#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/sys_process.h"
#include "oci/runtime_spec.h"
#include "runtime/systemd_unit.h"
#include "runtime/unit_property.h"

namespace aictr::runtime {

// What a scope is to be: name, limits, and what annotations add (unit_properties.h).
struct ScopePlan {
  ScopeName name;
  std::vector<UnitProperty> properties;
};
Result<ScopePlan> plan_scope(const oci::Spec& spec, const std::string& id);

// A transient scope of systemd whose cgroup a container is to live in. A scope lives as long as there is a process in
// it, so one of ours stays in it until the container's has come.
class Scope {
 public:
  // Kind::exists when there is one of this name with processes in it.
  static Result<Scope> start(const ScopePlan& plan);
  Scope(Scope&& other) noexcept;
  Scope& operator=(Scope&&) = delete;
  ~Scope();  // without release() it is stopped

  const std::string& cgroup() const { return cgroup_; }  // from the root of a hierarchy on
  pid_t keeper() const { return keeper_.pid; }
  void release();  // the container's process is there

 private:
  Scope(std::string unit, sys::Cloned keeper) : unit_(std::move(unit)), keeper_(std::move(keeper)) {}
  void end_keeper();
  std::string unit_;
  std::string cgroup_;
  sys::Cloned keeper_;
};

// Tells systemd about limits that change (`resources` as for Cgroup::update).
Result<void> update_scope(const std::string& unit, const oci::Resources& resources);
Result<void> stop_scope(const std::string& unit);

}  // namespace aictr::runtime
