#include "hooks/gpu_locality.h"

#include <fcntl.h>

#include <map>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace aictr::hooks {
namespace {

// "Device Minor: \t 0" of the driver's information about a GPU.
std::optional<unsigned> minor_of(const std::string& information) {
  constexpr std::string_view kKey = "Device Minor:";
  for (const std::string& line : split(information, '\n')) {
    if (line.starts_with(kKey)) return parse_number<unsigned>(trim(std::string_view(line).substr(kKey.size())));
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> cpus_near_nvidia(const std::vector<unsigned>& minors, const std::string& root) {
  std::map<unsigned, std::string> addresses;
  std::string gpus = root + "/proc/driver/nvidia/gpus";
  for (const std::string& address : list_directory(AT_FDCWD, gpus).value_or({})) {
    auto minor = minor_of(read_file(AT_FDCWD, gpus + "/" + address + "/information").value_or(""));
    if (minor) addresses[*minor] = address;
  }
  std::vector<std::string> lists;
  for (unsigned minor : minors) {
    auto address = addresses.find(minor);
    std::string list;
    if (address != addresses.end()) {
      list = read_file(AT_FDCWD, root + "/sys/bus/pci/devices/" + address->second + "/local_cpulist").value_or("");
    }
    lists.emplace_back(trim(list));
  }
  return lists;
}

}  // namespace aictr::hooks
