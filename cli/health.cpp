#include "cli/health.h"

#include "base/file.h"
#include "base/sys.h"
#include "cli/container_files.h"
#include "oci/codec.h"

namespace aictr::cli {

template <class Codec>
void fields(Codec& codec, oci::Is<HealthProbe> auto& probe) {
  codec("Start", probe.start);
  codec("End", probe.end);
  codec("ExitCode", probe.exit_code);
  codec("Output", probe.output);
}

template <class Codec>
void fields(Codec& codec, oci::Is<Health> auto& health) {
  codec("Status", health.status, oci::required);
  codec("FailingStreak", health.failing_streak);
  codec("Log", health.log);
}

namespace {

constexpr std::size_t kMostProbes = 5;

}  // namespace

void add_probe(Health& health, HealthProbe probe, int retries, bool starting) {
  if (probe.exit_code == 0) {
    health.status = "healthy";
    health.failing_streak = 0;
  } else if (!starting || health.status != "starting") {
    ++health.failing_streak;
    if (health.failing_streak >= retries) health.status = "unhealthy";
  }
  health.log.push_back(std::move(probe));
  if (health.log.size() > kMostProbes) health.log.erase(health.log.begin());
}

Result<std::optional<Health>> read_health(const Containers& containers, const Container& container) {
  UniqueFd directory = TRY(containers.open_directory(container));
  auto text = read_file(directory.get(), kHealthFile);
  if (!text.ok()) return std::optional<Health>();
  oci::Json json = TRY(oci::parse_json(text.value()));
  return std::optional(TRY(oci::Decoder::decode<Health>(json, kHealthFile)));
}

Result<void> write_health(const Containers& containers, const Container& container, const Health& health) {
  UniqueFd directory = TRY(containers.open_directory(container));
  std::string text = oci::print_json(oci::Encoder::encode(health)) + "\n";
  return write_file(directory.get(), kHealthFile, text, 0600, Durability::until_reboot);
}

Result<void> forget_health(const Containers& containers, const Container& container) {
  UniqueFd directory = TRY(containers.open_directory(container));
  return unless_gone(sys::unlink(directory.get(), kHealthFile));
}

oci::Json health_view(const Health& health) {
  return oci::Encoder::encode(health);
}

}  // namespace aictr::cli
