#include "runtime/resctrl.h"

#include <fcntl.h>

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "base/file.h"
#include "base/scope.h"
#include "base/sys.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

// A value of the mask or percentage kind, as the kernel prints it, may have leading zeros.
std::string without_zeros(std::string value) {
  value.erase(0, std::min(value.find_first_not_of('0'), value.size() - (value.empty() ? 0 : 1)));
  return lower(value);
}

// "L3:0=ff;1=0f": the resource, and a value for each of its domains. Nothing for another form.
struct SchemaLine {
  std::string resource;
  std::map<std::string, std::string> values;
};
std::optional<SchemaLine> parse_line(std::string_view text) {
  std::string_view line = trim(text);
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  SchemaLine parsed{std::string(trim(line.substr(0, colon))), {}};
  for (const std::string& part : split(line.substr(colon + 1), ';')) {
    std::size_t equals = part.find('=');
    if (equals == std::string::npos) return std::nullopt;
    parsed.values[std::string(trim(std::string_view(part).substr(0, equals)))] =
        without_zeros(std::string(trim(std::string_view(part).substr(equals + 1))));
  }
  return parsed;
}

Result<void> check_lines(const oci::IntelRdt& wanted) {
  auto wrong = [](std::string_view pointer, std::string_view why) {
    return make_error(Kind::usage, fmt::format("/linux/intelRdt/{} {}", pointer, why));
  };
  auto several = [](const std::string& text) { return text.find('\n') != std::string::npos; };
  if (several(wanted.l3_cache_schema)) return wrong("l3CacheSchema", "has more than one line");
  if (several(wanted.mem_bw_schema)) return wrong("memBwSchema", "has more than one line");
  if (!wanted.mem_bw_schema.empty() && !wanted.mem_bw_schema.starts_with("MB:")) {
    return wrong("memBwSchema", "does not begin with 'MB:'");
  }
  for (std::size_t i = 0; i < wanted.schemata.size(); ++i) {
    if (several(wanted.schemata[i])) return wrong(fmt::format("schemata/{}", i), "has more than one line");
  }
  return {};
}

}  // namespace

Result<ResctrlPlan> plan_resctrl(const oci::IntelRdt& wanted, const std::string& id) {
  TRY(check_lines(wanted));
  ResctrlPlan plan;
  for (const std::string* line : {&wanted.l3_cache_schema, &wanted.mem_bw_schema}) {
    if (!line->empty()) plan.schema.push_back(*line);
  }
  plan.schema.insert(plan.schema.end(), wanted.schemata.begin(), wanted.schemata.end());
  if (wanted.enable_monitoring) plan.monitor = id;
  if (wanted.clos_id == "/") return plan;
  static constexpr std::string_view kTaken[] = {".", "..", "info", "mon_data", "mon_groups"};  // not groups
  if (wanted.clos_id.find_first_of("/\n") != std::string::npos ||
      std::ranges::find(kTaken, wanted.clos_id) != std::end(kTaken)) {
    return make_error(Kind::usage, fmt::format("/linux/intelRdt/closID '{}' is no name of a group", wanted.clos_id));
  }
  plan.group = wanted.clos_id.empty() ? id : wanted.clos_id;
  plan.may_make = wanted.clos_id.empty() || !plan.schema.empty();
  plan.temporary = wanted.clos_id.empty();
  return plan;
}

bool has_schema(std::string_view schemata, const std::vector<std::string>& lines) {
  std::map<std::string, SchemaLine> there;
  for (const std::string& text : split(schemata, '\n')) {
    if (auto line = parse_line(text)) there[line->resource] = std::move(*line);
  }
  return std::ranges::all_of(lines, [&](const std::string& text) {
    auto line = parse_line(text);
    auto found = line ? there.find(line->resource) : there.end();
    if (found == there.end()) return false;
    return std::ranges::all_of(line->values, [&](const auto& value) {
      auto same = found->second.values.find(value.first);
      return same != found->second.values.end() && same->second == value.second;
    });
  });
}

std::optional<std::string> find_resctrl(std::string_view mountinfo) {
  for (const std::string& line : split(mountinfo, '\n')) {
    std::size_t dash = line.find(" - ");
    auto before = words(line);
    if (dash == std::string::npos || before.size() < 5) continue;
    auto after = words(std::string_view(line).substr(dash + 3));
    if (!after.empty() && after[0] == "resctrl") return before[4];
  }
  return std::nullopt;
}

Result<std::string> resctrl_mount() {
  auto mount = find_resctrl(TRY(read_file(AT_FDCWD, "/proc/self/mountinfo")));
  if (mount) return std::move(*mount);
  return make_error(Kind::unsupported, "/linux/intelRdt needs the resctrl file system, which is not mounted",
                    "mount -t resctrl resctrl /sys/fs/resctrl, where processor and kernel have it");
}

Result<ResctrlGroup> ResctrlGroup::prepare(const std::string& mount, const ResctrlPlan& plan) {
  ResctrlGroup group;
  group.group_ = plan.group.empty() ? mount : mount + "/" + plan.group;
  Defer give_up([&] { ignore(remove_resctrl(group.made_)); });
  bool there = sys::exists(AT_FDCWD, group.group_);
  if (!there && !plan.may_make) {
    return make_error(Kind::not_found, fmt::format("/linux/intelRdt/closID: there is no group '{}'", plan.group));
  }
  if (!there) {
    TRY_AS("/linux/intelRdt", sys::mkdir(AT_FDCWD, group.group_, 0755));
    group.made_.push_back(group.group_);
    TRY_AS("/linux/intelRdt", write_schema(group.group_, plan.schema));
  } else if (!plan.schema.empty()) {
    std::string schemata = TRY_AS("/linux/intelRdt", read_file(AT_FDCWD, group.group_ + "/schemata"));
    if (!has_schema(schemata, plan.schema)) {
      return make_error(Kind::exists, fmt::format("/linux/intelRdt: the group '{}' has other schemata", plan.group),
                        "give it another closID, or the schemata that it has");
    }
  }
  if (!plan.monitor.empty()) {
    group.monitor_ = fmt::format("{}/mon_groups/{}", group.group_, plan.monitor);
    TRY_AS("/linux/intelRdt/enableMonitoring", sys::mkdir(AT_FDCWD, group.monitor_, 0755));
    group.made_.insert(group.made_.begin(), group.monitor_);
  }
  give_up.dismiss();
  // A group with a name of its own stays for the next container that names it.
  if (!there && !plan.temporary) group.made_.pop_back();
  return group;
}

Result<void> ResctrlGroup::add(pid_t pid) const {
  for (const std::string& directory : {group_, monitor_}) {
    if (directory.empty()) continue;
    TRY_AS("/linux/intelRdt", write_existing(AT_FDCWD, directory + "/tasks", std::to_string(pid)));
  }
  return {};
}

Result<void> write_schema(const std::string& group, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    TRY_AS(fmt::format("'{}'", line), write_existing(AT_FDCWD, group + "/schemata", line + "\n"));
  }
  return {};
}

Result<void> remove_resctrl(const std::vector<std::string>& directories) {
  for (const std::string& directory : directories) TRY(unless_gone(sys::unlink(AT_FDCWD, directory, AT_REMOVEDIR)));
  return {};
}

}  // namespace aictr::runtime
