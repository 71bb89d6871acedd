#include "cli/run_life.h"

#include <signal.h>

#include <doctest/doctest.h>

#include "cli/health.h"

using namespace aictr;
using namespace aictr::cli;

namespace {

HealthProbe probe(int exit_code) {
  HealthProbe probe;
  probe.exit_code = exit_code;
  return probe;
}

RestartPolicy policy(std::string_view text) {
  return parse_restart(text).value();
}

}  // namespace

TEST_CASE("policies are Docker's") {
  for (const char* bad : {"sometimes", "on-failure:", "on-failure:x", "on-failure:-1", "always:3"})
    CHECK_FALSE(parse_restart(bad).ok());
  CHECK_FALSE(starts_again(policy("no"), 1, 0, false));
  CHECK(starts_again(policy("always"), 0, 99, false));
  CHECK_FALSE(starts_again(policy("always"), 0, 0, true));
  CHECK(starts_again(policy("unless-stopped"), 0, 0, false));
  CHECK(starts_again(policy("on-failure"), 1, 99, false));
  CHECK_FALSE(starts_again(policy("on-failure"), 0, 0, false));
  CHECK(starts_again(policy("on-failure:2"), 1, 1, false));
  CHECK_FALSE(starts_again(policy("on-failure:2"), 1, 2, false));
}

TEST_CASE("the pause before a start grows, and begins anew after a good run") {
  using namespace std::chrono_literals;
  CHECK(restart_pause(0, 1s) == 100ms);
  CHECK(restart_pause(3, 1s) == 800ms);
  CHECK(restart_pause(1000, 1s) == 60s);
  CHECK(restart_pause(1000, 10s) == 100ms);
}

TEST_CASE("a log has limits unless it is to have none") {
  RunFlags flags;
  CHECK(log_limits(flags).value().max_size == 32 << 20);
  flags.log_opt = {"max-size=1k", "max-file=2"};
  CHECK(log_limits(flags).value().max_size == 1024);
  CHECK(log_limits(flags).value().max_files == 2);
  flags.log_opt = {"max-size=-1"};
  CHECK(log_limits(flags).value().max_size == -1);
  for (const char* bad : {"max-file=0", "max-size=x", "tag=a", "max-file"}) {
    flags.log_opt = {bad};
    CHECK_FALSE(log_limits(flags).ok());
  }
}

TEST_CASE("flags change the image's health check, and NONE is none") {
  oci::ContainerConfig image;
  RunFlags flags;
  CHECK_FALSE(health_check_of(flags, image).value().has_value());
  image.health_check = oci::HealthCheck{};
  image.health_check->test = {"CMD", "true"};
  CHECK(health_check_of(flags, image).value()->interval == 30'000'000'000);
  CHECK(health_check_of(flags, image).value()->retries == 3);
  flags.health_cmd = "curl localhost";
  flags.health_interval = "5s";
  CHECK(health_check_of(flags, image).value()->test == std::vector<std::string>{"CMD-SHELL", "curl localhost"});
  CHECK(health_check_of(flags, image).value()->interval == 5'000'000'000);
  flags.no_healthcheck = true;
  CHECK_FALSE(health_check_of(flags, image).ok());
  RunFlags off;
  off.no_healthcheck = true;
  CHECK_FALSE(health_check_of(off, image).value().has_value());
  image.health_check->test = {"NONE"};
  CHECK_FALSE(health_check_of({}, image).value().has_value());
}

TEST_CASE("the stop signal is the flag's, the image's, or TERM") {
  oci::ContainerConfig image;
  CHECK(stop_signal_of({}, image).value() == SIGTERM);
  image.stop_signal = "SIGINT";
  CHECK(stop_signal_of({}, image).value() == SIGINT);
  RunFlags flags;
  flags.stop_signal = "USR1";
  CHECK(stop_signal_of(flags, image).value() == SIGUSR1);
  flags.stop_signal = "NOPE";
  CHECK_FALSE(stop_signal_of(flags, image).ok());
}

TEST_CASE("health follows the looks at it") {
  Health health;
  add_probe(health, probe(1), 2, true);
  CHECK(health.status == "starting");
  CHECK(health.failing_streak == 0);
  add_probe(health, probe(1), 2, false);
  CHECK(health.status == "starting");
  add_probe(health, probe(1), 2, false);
  CHECK(health.status == "unhealthy");
  add_probe(health, probe(0), 2, false);
  CHECK(health.status == "healthy");
  CHECK(health.failing_streak == 0);
  add_probe(health, probe(1), 2, true);  // it was well: the start is over
  CHECK(health.failing_streak == 1);
  for (int i = 0; i < 9; ++i) add_probe(health, probe(0), 2, false);
  CHECK(health.log.size() == 5);
}
