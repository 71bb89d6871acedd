#include "cli/run_life.h"

#include <signal.h>

#include <algorithm>

#include <fmt/core.h>

#include "base/signals.h"
#include "base/text.h"
#include "base/units.h"

namespace aictr::cli {
namespace {

constexpr LogLimits kUsualLog{32 << 20, 4};
constexpr int kUsualStopTimeout = 10;
constexpr std::chrono::nanoseconds kUsualHealthTime = std::chrono::seconds(30);
constexpr std::chrono::nanoseconds kUsualStartInterval = std::chrono::seconds(5);
constexpr int kUsualRetries = 3;

Error bad(std::string_view flag, std::string_view value, std::string hint) {
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}", value, flag), std::move(hint));
}

Result<void> set_time(std::int64_t& into, std::string_view flag, const std::string& text) {
  if (text.empty()) return {};
  auto time = TRY_AS(fmt::format("--{}", flag), parse_duration(text));
  if (time.count() < 0) return bad(flag, text, "a time is not negative");
  into = time.count();
  return {};
}

void set_if_none(std::int64_t& into, std::chrono::nanoseconds time) {
  if (into == 0) into = time.count();
}

}  // namespace

Result<RestartPolicy> parse_restart(std::string_view text) {
  using When = RestartPolicy::When;
  if (text.empty() || text == "no") return RestartPolicy{};
  if (text == "always") return RestartPolicy{When::always, 0};
  if (text == "unless-stopped") return RestartPolicy{When::unless_stopped, 0};
  auto colon = text.find(':');
  if (text.substr(0, colon) == "on-failure") {
    if (colon == std::string_view::npos) return RestartPolicy{When::on_failure, 0};
    auto most = parse_number<int>(text.substr(colon + 1));
    if (most && *most >= 0) return RestartPolicy{When::on_failure, *most};
  }
  return bad("restart", text, "write no, on-failure, on-failure:NUMBER, always or unless-stopped");
}

bool starts_again(const RestartPolicy& policy, int exit_code, int restarts, bool stopped) {
  using When = RestartPolicy::When;
  if (stopped || policy.when == When::no) return false;
  if (policy.when != When::on_failure) return true;
  return exit_code != 0 && (policy.most == 0 || restarts < policy.most);
}

std::chrono::milliseconds restart_pause(int restarts, std::chrono::seconds ran) {
  constexpr std::chrono::milliseconds kFirst(100);
  constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(1);
  constexpr std::chrono::seconds kGoodRun(10);
  if (ran >= kGoodRun) return kFirst;
  return std::min<std::chrono::milliseconds>(kFirst * (1LL << std::min(restarts, 10)), kLongest);
}

Result<int> stop_signal_of(const RunFlags& flags, const oci::ContainerConfig& image) {
  if (!flags.stop_signal.empty()) return TRY_AS("--stop-signal", parse_signal(flags.stop_signal));
  return image.stop_signal.empty() ? Result<int>(SIGTERM) : parse_signal(image.stop_signal);
}

int stop_timeout_of(const RunFlags& flags) {
  return flags.stop_timeout.value_or(kUsualStopTimeout);
}

Result<LogLimits> log_limits(const RunFlags& flags) {
  LogLimits limits = kUsualLog;
  for (const std::string& option : flags.log_opt) {
    auto equals = option.find('=');
    std::string key = option.substr(0, equals);
    std::string value = equals == std::string::npos ? "" : option.substr(equals + 1);
    if (key == "max-size") {
      limits.max_size = value == "-1" ? -1 : TRY_AS("--log-opt max-size", parse_bytes(value));
    } else if (key == "max-file") {
      auto count = parse_number<int>(value);
      if (!count || *count < 1) return bad("log-opt", option, "max-file is a number from 1 on");
      limits.max_files = *count;
    } else {
      return bad("log-opt", option, "write max-size=SIZE or max-file=NUMBER");
    }
  }
  return limits;
}

Result<std::optional<oci::HealthCheck>> health_check_of(const RunFlags& flags, const oci::ContainerConfig& image) {
  using Check = std::optional<oci::HealthCheck>;
  bool some = !flags.health_cmd.empty() || !flags.health_interval.empty() || !flags.health_timeout.empty() ||
              !flags.health_start_period.empty() || !flags.health_start_interval.empty() || flags.health_retries;
  if (flags.no_healthcheck) {
    if (some) return make_error(Kind::usage, "--no-healthcheck conflicts with --health-*", "leave one of them out");
    return Check();
  }
  oci::HealthCheck check = image.health_check.value_or(oci::HealthCheck{});
  if (!flags.health_cmd.empty()) check.test = {"CMD-SHELL", flags.health_cmd};
  TRY(set_time(check.interval, "health-interval", flags.health_interval));
  TRY(set_time(check.timeout, "health-timeout", flags.health_timeout));
  TRY(set_time(check.start_period, "health-start-period", flags.health_start_period));
  TRY(set_time(check.start_interval, "health-start-interval", flags.health_start_interval));
  if (flags.health_retries) check.retries = *flags.health_retries;
  if (check.retries < 0) return bad("health-retries", std::to_string(check.retries), "a number is not negative");
  if (check.test.empty() || check.test[0] == "NONE") return Check();
  set_if_none(check.interval, kUsualHealthTime);
  set_if_none(check.timeout, kUsualHealthTime);
  set_if_none(check.start_interval, kUsualStartInterval);
  if (check.retries == 0) check.retries = kUsualRetries;
  return Check(std::move(check));
}

Result<void> check_life(const RunFlags& flags, const oci::ContainerConfig& image) {
  RestartPolicy policy = TRY(parse_restart(flags.restart));
  if (policy.when != RestartPolicy::When::no && flags.remove)
    return make_error(Kind::usage, "--restart and --rm exclude each other", "leave one of them out");
  TRY(stop_signal_of(flags, image));
  TRY(log_limits(flags));
  TRY(health_check_of(flags, image));
  if (flags.stop_timeout && *flags.stop_timeout < -1)
    return bad("stop-timeout", std::to_string(*flags.stop_timeout), "write seconds, or -1 to wait for ever");
  return {};
}

}  // namespace aictr::cli
