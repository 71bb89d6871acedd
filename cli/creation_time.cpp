#include "cli/creation_time.h"

#include <chrono>
#include <cstdlib>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {

Result<std::optional<std::int64_t>> source_date_epoch() {
  const char* given = std::getenv("SOURCE_DATE_EPOCH");
  std::optional<std::int64_t> seconds;
  if (given == nullptr || *given == '\0') return seconds;
  seconds = parse_number<std::int64_t>(given);
  if (seconds) return seconds;
  return make_error(Kind::usage, fmt::format("SOURCE_DATE_EPOCH is '{}', not a number of seconds", given));
}

Result<std::string> creation_time() {
  using std::chrono::system_clock;
  auto epoch = TRY(source_date_epoch());
  return rfc3339(epoch ? system_clock::time_point(std::chrono::seconds(*epoch)) : system_clock::now());
}

}  // namespace aictr::cli
