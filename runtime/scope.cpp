#include "runtime/scope.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/trace.h"
#include "runtime/cgroup_plan.h"
#include "runtime/device_rules.h"
#include "runtime/systemd.h"
#include "runtime/unit_properties.h"

namespace aictr::runtime {
namespace {

// Stays where it is until it is killed, and no longer than we live.
Result<sys::Cloned> start_keeper() {
  pid_t creator = ::getpid();
  sys::Cloned keeper = TRY(sys::clone3(0));
  if (keeper.pid != 0) return keeper;
  ignore(sys::prctl(PR_SET_PDEATHSIG, SIGKILL));
  sigset_t all;
  sigfillset(&all);
  while (::getppid() == creator) ::sigsuspend(&all);
  ::_exit(0);
}

Result<std::vector<UnitProperty>> plan_limits(const oci::Resources& resources) {
  std::vector<CgroupSetting> settings = TRY(plan_cgroup(resources));
  std::vector<UnitProperty> properties = TRY(plan_unit_limits(settings));
  std::optional<DevicePolicy> devices = TRY(plan_devices(resources.devices));
  if (!devices) return properties;
  std::string known = read_file(AT_FDCWD, "/proc/devices").value_or("");
  std::vector<UnitProperty> more = plan_unit_devices(*devices, known);
  properties.insert(properties.end(), more.begin(), more.end());
  return properties;
}

}  // namespace

Result<ScopePlan> plan_scope(const oci::Spec& spec, const std::string& id) {
  const oci::Linux none;
  const oci::Linux& part = spec.linux_part ? *spec.linux_part : none;
  ScopePlan plan;
  plan.name = TRY(scope_name(part.cgroups_path, id, our_manager()));
  plan.properties = {{"Description", fmt::format("aictr container {}", id)},
                     {"Slice", plan.name.slice},
                     {"Delegate", true},  // systemd leaves alone what the container makes below
                     {"DefaultDependencies", false}};
  for (const char* kind : {"CPU", "Memory", "IO", "Tasks"})
    plan.properties.push_back({fmt::format("{}Accounting", kind), true});
  for (auto more : {plan_limits(part.resources.value_or(oci::Resources{})), plan_unit_annotations(spec.annotations)}) {
    std::vector<UnitProperty> properties = TRY(std::move(more));
    plan.properties.insert(plan.properties.end(), properties.begin(), properties.end());
  }
  return plan;
}

Result<Scope> Scope::start(const ScopePlan& plan) {
  Systemd systemd = TRY(Systemd::connect());
  Scope scope(plan.name.unit, TRY(start_keeper()));
  std::vector<UnitProperty> properties = plan.properties;
  properties.push_back({"PIDs", std::vector<std::uint32_t>{static_cast<std::uint32_t>(scope.keeper())}});
  auto started = systemd.start_scope(plan.name.unit, properties);
  if (!started.ok() && started.error().kind == Kind::exists) {
    TRY(systemd.forget_failure(plan.name.unit));
    started = systemd.start_scope(plan.name.unit, properties);
  }
  if (!started.ok() && started.error().kind == Kind::exists) scope.unit_.clear();  // somebody else's
  TRY(std::move(started));
  scope.cgroup_ = TRY(systemd.cgroup_of_scope(plan.name.unit));
  trace_step("create: scope started");
  return scope;
}

Scope::Scope(Scope&& other) noexcept
    : unit_(std::exchange(other.unit_, {})), cgroup_(std::move(other.cgroup_)), keeper_(std::move(other.keeper_)) {}

Scope::~Scope() {
  end_keeper();
  if (!unit_.empty()) ignore(stop_scope(unit_));  // the error that led here is the one to report
}

void Scope::release() {
  end_keeper();
  unit_.clear();
}

void Scope::end_keeper() {
  if (!keeper_.pidfd) return;
  ignore(sys::pidfd_send_signal(keeper_.pidfd.get(), SIGKILL));  // it is our child, so it is there
  ignore(sys::wait(keeper_.pid));
  keeper_.pidfd.reset();
}

Result<void> update_scope(const std::string& unit, const oci::Resources& resources) {
  std::vector<UnitProperty> properties = TRY(plan_limits(resources));
  if (properties.empty()) return {};
  Systemd systemd = TRY(Systemd::connect());
  return systemd.set_properties(unit, properties);
}

Result<void> stop_scope(const std::string& unit) {
  Systemd systemd = TRY(Systemd::connect());
  return systemd.stop(unit);
}

}  // namespace aictr::runtime
