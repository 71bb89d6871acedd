// From the text of config.json to everything that is planned from it.

#include <string>

#include "oci/runtime_spec.h"
#include "runtime/cgroup_plan.h"
#include "runtime/device_rules.h"
#include "runtime/plan.h"
#include "runtime/spec_check.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;
using namespace aictr::runtime;

namespace {

bool leaves_its_root(const std::string& path) {
  return !path.starts_with('/') || ("/" + path + "/").find("/../") != std::string::npos;
}

bool is_one_line(const std::string& text) {
  return text.find('\n') == std::string::npos && text.find('\0') == std::string::npos;
}

void check_plan(const Plan& plan) {
  for (const MountOp& op : plan.mounts) {
    require(!leaves_its_root(op.destination), "a mount's destination is a clean path of the container");
    require(op.what != MountOp::What::bind || op.source.starts_with('/'), "a bind's source is absolute");
  }
}

void check_limits(const oci::Resources& resources) {
  auto settings = plan_cgroup(resources);
  if (!settings.ok()) return;
  for (const CgroupSetting& setting : settings.value()) {
    require(setting.json_path.starts_with('/'), "a limit knows its place in config.json");
    for (const auto& writes : {setting.v1, setting.v2}) {
      for (const CgroupWrite& write : writes)
        require(write.file.find('/') == std::string::npos, "a limit is a file in the cgroup's own directory");
    }
  }
  auto devices = plan_devices(resources.devices);
  if (devices.ok() && devices.value()) ignore(translate_devices_to_v1(*devices.value()));
}

void check_spec_text(std::string_view input) {
  auto spec = oci::parse_spec(input);
  if (!spec.ok()) {
    require(is_one_line(spec.error().message), "an error is one line");
    return;
  }
  std::string printed = oci::print_spec(spec.value());
  auto again = oci::parse_spec(printed);
  require(again.ok() && oci::print_spec(again.value()) == printed, "what is printed is read again as the same");
  auto plan = plan_container(spec.value(), "/bundle");
  if (plan.ok()) check_plan(plan.value());
  if (spec.value().linux_part && spec.value().linux_part->resources) check_limits(*spec.value().linux_part->resources);
}

}  // namespace

void fuzz(std::string_view input) {
  check_spec_text(input);
  auto process = oci::parse_process(input);
  if (process.ok()) ignore(check_process(process.value()));
  auto resources = oci::parse_resources(input);
  if (resources.ok()) check_limits(resources.value());
}
