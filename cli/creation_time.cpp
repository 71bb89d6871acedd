#include "cli/creation_time.h"

#include <chrono>
#include <cstdlib>

#include <fmt/core.h>

#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {

Result<std::string> creation_time() {
  using std::chrono::system_clock;
  const char* given = std::getenv("SOURCE_DATE_EPOCH");
  if (given == nullptr || *given == '\0') return rfc3339(system_clock::now());
  auto seconds = parse_number<std::int64_t>(given);
  if (!seconds) {
    return make_error(Kind::usage, fmt::format("SOURCE_DATE_EPOCH is '{}', not a number of seconds", given));
  }
  return rfc3339(system_clock::time_point(std::chrono::seconds(*seconds)));
}

}  // namespace aictr::cli
