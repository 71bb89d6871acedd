#include "cli/event_log.h"

#include <fcntl.h>

#include <chrono>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr off_t kMostBytes = 1 << 20;

Result<void> append(const Globals& globals, const std::string& line) {
  UniqueFd directory = TRY(make_and_open_directory(AT_FDCWD, globals.runroot, 0755));
  UniqueFd file = TRY(sys::open(directory.get(), kEventsFile, O_WRONLY | O_CREAT | O_APPEND, 0600));
  struct stat st = TRY(sys::stat(file.get()));
  TRY(sys::write_all(file.get(), line));  // in one piece: O_APPEND, and shorter than a page
  if (st.st_size > kMostBytes) TRY(sys::rename(directory.get(), kEventsFile, directory.get(), kOlderEventsFile));
  return {};
}

}  // namespace

void report_event(const Globals& globals, const Container& container, std::string_view action,
                  const std::map<std::string, std::string>& more) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  Json::Object attributes;
  for (const auto& [name, value] : container.labels) attributes.emplace_back(name, Json(value));
  for (const auto& [name, value] : more) attributes.emplace_back(name, Json(value));
  attributes.emplace_back("image", Json(container.image));
  attributes.emplace_back("name", Json(container.name));
  std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  std::int64_t nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  Json event(Json::Object{
      {"status", Json(std::string(action))},
      {"id", Json(container.id)},
      {"from", Json(container.image)},
      {"Type", Json("container")},
      {"Action", Json(std::string(action))},
      {"Actor", Json(Json::Object{{"ID", Json(container.id)}, {"Attributes", Json(std::move(attributes))}})},
      {"scope", Json("local")},
      {"time", Json(seconds)},
      {"timeNano", Json(nanoseconds)}});
  ignore(append(globals, oci::print_json(event) + "\n"));
}

}  // namespace aictr::cli
