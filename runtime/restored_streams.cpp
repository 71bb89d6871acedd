#include "runtime/restored_streams.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "oci/json.h"

namespace aictr::runtime {
namespace {

constexpr int kStreams = 3;

std::string file_in(const std::string& directory) {
  return directory + "/descriptors.json";
}

}  // namespace

Result<void> save_streams(pid_t pid, const std::string& directory) {
  oci::Json::Array streams;
  for (int fd = 0; fd < kStreams; ++fd)
    streams.emplace_back(sys::readlink(AT_FDCWD, fmt::format("/proc/{}/fd/{}", pid, fd)).value_or(""));
  return write_file(AT_FDCWD, file_in(directory), oci::print_json(oci::Json(std::move(streams))), 0600);
}

Result<std::vector<std::pair<int, std::string>>> streams_to_replace(const std::string& directory) {
  std::string text = TRY(read_file(AT_FDCWD, file_in(directory)));
  oci::Json saved = TRY_AS(file_in(directory), oci::parse_json(text));
  std::vector<std::pair<int, std::string>> replaced;
  const auto* streams = saved.as<oci::Json::Array>();
  for (int fd = 0; streams != nullptr && fd < kStreams && fd < static_cast<int>(streams->size()); ++fd) {
    const auto* name = (*streams)[static_cast<std::size_t>(fd)].as<std::string>();
    if (name != nullptr && name->starts_with("pipe:[")) replaced.emplace_back(fd, *name);
  }
  return replaced;
}

}  // namespace aictr::runtime
