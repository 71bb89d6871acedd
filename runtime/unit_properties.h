#pragma once

// Limits in the words of systemd, so that it keeps them when it goes over its units again (daemon-reload): what it does
// not know of, it takes back. Pure.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/cgroup_plan.h"
#include "runtime/device_rules.h"
#include "runtime/unit_property.h"

namespace aictr::runtime {

// From the settings of cgroup_plan.h. What systemd has no property for is left to its file alone.
Result<std::vector<UnitProperty>> plan_unit_limits(const std::vector<CgroupSetting>& settings);

// DevicePolicy and DeviceAllow, when the rules are a list of what is allowed; else every device is, as far as systemd
// is concerned. `known_devices` is the text of /proc/devices.
std::vector<UnitProperty> plan_unit_devices(const DevicePolicy& policy, std::string_view known_devices);

// The annotations "org.systemd.property.NAME", whose values are written as GVariant writes them: true, 5, uint64 5,
// 'text', ['a', 'b']. A NAME that ends in "Sec" is a time in seconds, which systemd takes as "USec". Kind::usage names
// the annotation.
Result<std::vector<UnitProperty>> plan_unit_annotations(const std::map<std::string, std::string>& annotations);

}  // namespace aictr::runtime
