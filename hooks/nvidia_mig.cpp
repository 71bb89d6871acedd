#include "hooks/nvidia_mig.h"

#include <fcntl.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMost = 1U << 20;
constexpr unsigned kLastMinor = (1U << 20) - 1;  // of Linux

// The number behind a prefix: "gi12" is 12.
std::optional<unsigned> numbered(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return parse_number<unsigned>(name.substr(prefix.size()));
}

std::vector<unsigned> numbers_in(int directory, std::string_view prefix) {
  std::vector<unsigned> numbers;
  for (const std::string& name : list_directory(directory).value_or({})) {
    if (auto number = numbered(name, prefix)) numbers.push_back(*number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<unsigned> minor_of(int directory, const std::string& name, const MigMinors& minors) {
  auto file = read_file(directory, "access", kMost);
  if (file.ok()) {
    if (auto minor = parse_capability_minor(file.value())) return *minor;
  }
  auto listed = minors.find(name);
  if (listed != minors.end()) return listed->second;
  return make_error(Kind::corrupt, fmt::format("the driver names no device for the MIG instance {}", name));
}

}  // namespace

Result<MigMinors> parse_mig_minors(std::string_view text) {
  MigMinors minors;
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    auto parts = words(line);
    if (parts.empty()) continue;
    auto minor = parts.size() == 2 ? parse_number<unsigned>(parts[1]) : std::nullopt;
    if (!minor || *minor > kLastMinor) {
      return make_error(Kind::corrupt,
                        fmt::format("line {}: '{}' is not a name and a device minor", number, one_line(line)));
    }
    minors[parts[0]] = *minor;
  }
  return minors;
}

Result<MigMinors> read_mig_minors(const HostRoots& roots) {
  auto text = read_file(roots.proc.get(), "driver/nvidia-caps/mig-minors", kMost);
  if (!text.ok()) return MigMinors();
  return TRY_AS("/proc/driver/nvidia-caps/mig-minors", parse_mig_minors(text.value()));
}

std::optional<unsigned> parse_capability_minor(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    auto parts = words(line);
    if (parts.size() != 2 || parts[0] != "DeviceFileMinor:") continue;
    auto minor = parse_number<unsigned>(parts[1]);
    if (minor && *minor <= kLastMinor) return minor;
  }
  return std::nullopt;
}

Result<std::vector<MigInstance>> find_mig_instances(const HostRoots& roots, unsigned gpu_minor,
                                                    const MigMinors& minors) {
  std::vector<MigInstance> instances;
  std::string top = fmt::format("driver/nvidia/capabilities/gpu{}/mig", gpu_minor);
  auto mig = open_directory(roots.proc.get(), top);
  if (!mig.ok()) return instances;
  for (unsigned gi : numbers_in(mig.value().get(), "gi")) {
    std::string name = fmt::format("gpu{}/gi{}", gpu_minor, gi);
    UniqueFd gpu_instance = TRY(open_directory(mig.value().get(), fmt::format("gi{}", gi)));
    unsigned gpu_cap = TRY(minor_of(gpu_instance.get(), name + "/access", minors));
    for (unsigned ci : numbers_in(gpu_instance.get(), "ci")) {
      UniqueFd compute = TRY(open_directory(gpu_instance.get(), fmt::format("ci{}", ci)));
      unsigned cap = TRY(minor_of(compute.get(), fmt::format("{}/ci{}/access", name, ci), minors));
      instances.push_back({gi, ci, gpu_cap, cap, "", ""});
    }
  }
  return instances;
}

}  // namespace aictr::hooks
