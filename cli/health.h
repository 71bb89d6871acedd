#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/container.h"
#include "oci/image_spec.h"
#include "oci/json.h"

namespace aictr::cli {

// One look at a container's health. Times are RFC 3339.
struct HealthProbe {
  std::string start;
  std::string end;
  int exit_code = 0;
  std::string output;  // 4 KiB at most
};

// What is known of it: health.json in the container's directory, there from a start on when somebody asks.
struct Health {
  std::string status = "starting";  // healthy, unhealthy
  int failing_streak = 0;
  std::vector<HealthProbe> log;  // the last five
};

// What one more probe makes of it: `starting` says that failures do not count yet. Pure.
void add_probe(Health& health, HealthProbe probe, int retries, bool starting);

Result<std::optional<Health>> read_health(const Containers& containers, const Container& container);
Result<void> write_health(const Containers& containers, const Container& container, const Health& health);
Result<void> forget_health(const Containers& containers, const Container& container);
oci::Json health_view(const Health& health);  // as `inspect` shows it

}  // namespace aictr::cli
