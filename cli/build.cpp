#include "images/build.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/build_command.h"
#include "cli/build_input.h"
#include "cli/build_secrets.h"
#include "cli/creation_time.h"
#include "cli/exit_code.h"
#include "cli/privilege.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/step_runner.h"
#include "cli/stoppable.h"
#include "cli/transfer_progress.h"
#include "images/draft.h"
#include "images/pull.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

constexpr std::array kProxies = {"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY",
                                 "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"};

Result<images::BuildArguments> build_arguments(const std::vector<std::string>& flags) {
  images::BuildArguments arguments;
  for (const std::string& flag : flags) {
    std::size_t equals = flag.find('=');
    std::string name = flag.substr(0, equals);
    if (name.empty()) return make_error(Kind::usage, fmt::format("--build-arg '{}' has no name", flag));
    if (equals != std::string::npos) {
      arguments[name] = flag.substr(equals + 1);
    } else if (const char* value = std::getenv(name.c_str())) {
      arguments[name] = value;
    }
  }
  return arguments;
}

Result<std::map<std::string, std::string>> labels(const std::vector<std::string>& flags) {
  std::map<std::string, std::string> labels;
  for (const std::string& flag : flags) {
    std::size_t equals = flag.find('=');
    if (equals == 0) return make_error(Kind::usage, fmt::format("--label '{}' has no name", flag));
    labels[flag.substr(0, equals)] = equals == std::string::npos ? "" : flag.substr(equals + 1);
  }
  return labels;
}

Result<std::vector<oci::Reference>> names(const std::vector<std::string>& tags) {
  std::vector<oci::Reference> names;
  for (const std::string& tag : tags) {
    names.push_back(TRY_AS(fmt::format("--tag '{}'", tag), oci::Reference::parse(tag)));
    if (!names.back().digest) continue;
    return make_error(Kind::usage, fmt::format("--tag '{}': a digest cannot be given, it follows", tag));
  }
  return names;
}

// What RUN steps see without a word in the Dockerfile.
std::vector<std::string> proxies(const images::BuildArguments& arguments) {
  std::vector<std::string> all;
  for (const char* name : kProxies) {
    auto given = arguments.find(std::string_view(name));
    const char* ours = std::getenv(name);
    if (given != arguments.end()) {
      all.push_back(fmt::format("{}={}", name, given->second));
    } else if (ours != nullptr && *ours != '\0') {
      all.push_back(fmt::format("{}={}", name, ours));
    }
  }
  return all;
}

RunFlags step_flags(const BuildFlags& flags) {
  RunFlags step;
  step.host_ca = flags.host_ca;
  step.network = flags.network == "default" ? "host" : flags.network;
  step.add_host = flags.add_host;
  step.ulimit = flags.ulimit;
  step.shm_size = flags.shm_size;
  step.memory = flags.memory;
  step.memory_swap = flags.memory_swap;
  step.cpus = flags.cpus;
  step.cpu_shares = flags.cpu_shares;
  step.cpuset_cpus = flags.cpuset_cpus;
  step.cpuset_mems = flags.cpuset_mems;
  return step;
}

Result<std::size_t> jobs(std::optional<int> flag) {
  if (!flag) return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  if (*flag >= 1) return static_cast<std::size_t>(*flag);
  return make_error(Kind::usage, fmt::format("--jobs {}: at least one stage must be built at a time", *flag));
}

Result<images::BuildOptions> build_options(const BuildFlags& flags) {
  images::BuildOptions options;
  options.names = TRY(names(flags.tag));
  options.plan.arguments = TRY(build_arguments(flags.build_arg));
  options.plan.labels = TRY(labels(flags.label));
  options.plan.target = flags.target;
  options.plan.platform = flags.platform;
  options.plan.not_cached = flags.no_cache_filter;
  options.secrets = TRY(read_build_secrets(flags.secret, flags.ssh));
  options.proxies = proxies(options.plan.arguments);
  options.use_cache = !flags.no_cache;
  options.jobs = TRY(jobs(flags.jobs));
  options.source_date_epoch = TRY(source_date_epoch());
  if (options.source_date_epoch) {
    options.plan.arguments.try_emplace("SOURCE_DATE_EPOCH", std::to_string(*options.source_date_epoch));
  }
  return options;
}

// A base image that the store lacks, before any step runs.
images::FindImage pull_from_registry(images::Store& store, bool quiet) {
  return [&store, quiet](std::string_view name) -> Result<images::Image> {
    auto progress = TRY(make_transfer_progress(quiet ? "quiet" : "auto", "Pulling"));
    auto pulled = images::pull_image(store, TRY(oci::Reference::parse(name)), {}, *progress);
    progress->end();
    if (pulled.ok()) return std::move(pulled).value().image;
    return std::move(pulled).error().context(fmt::format("no image '{}' in the store", name));
  };
}

// The members of buildx's file that have a meaning here.
std::string metadata(const images::Image& image, const BuildFlags& flags) {
  std::vector<std::string> names;
  for (const std::string& tag : flags.tag) names.push_back(oci::Reference::parse(tag).value().full());
  oci::Json json;
  json.set("containerimage.config.digest", oci::Json(image.id.text()));
  json.set("containerimage.digest", oci::Json(image.manifest_digest.text()));
  if (!names.empty()) json.set("image.name", oci::Json(join(names, ",")));
  return oci::print_json(json, 2) + "\n";
}

Result<void> announce(const images::Image& image, const BuildFlags& flags) {
  if (!flags.metadata_file.empty()) TRY(write_file(AT_FDCWD, flags.metadata_file, metadata(image, flags), 0644));
  if (!flags.iidfile.empty()) TRY(write_file(AT_FDCWD, flags.iidfile, image.id.text(), 0644));
  if (flags.quiet) return print(image.id.text() + "\n");
  std::string line = fmt::format("built {}", image.id.text());
  for (const std::string& tag : flags.tag) line += fmt::format(", {}", oci::Reference::parse(tag).value().familiar());
  report_done(line + fmt::format(" ({})", decimal_size(static_cast<std::uint64_t>(image.size))));
  return {};
}

// What a build that was killed leaves, or a stage of it: unfinished layers, and the container of its step.
void clear_away(const Globals& globals) {
  ignore(clear_abandoned_steps(globals));
  auto store = images::Store::open(globals.root);
  if (store.ok()) ignore(images::remove_dead_drafts(store.value().fd()));
}

Result<int> build_here(const Globals& globals, const BuildFlags& flags, const std::vector<std::string>& arguments) {
  images::BuildOptions options = TRY(build_options(flags));
  ContainerStepRunner runner = TRY(ContainerStepRunner::make(globals, step_flags(flags)));
  auto progress = TRY(make_progress(flags.quiet ? "quiet" : flags.progress));
  auto store = TRY(images::Store::open(globals.root));

  auto image = [&]() -> Result<images::Image> {
    FileLock keeping_context = TRY(store.hold());
    BuildInput input = TRY(BuildInput::open(arguments[0], flags.file, store));
    input.put_into(options);
    options.pull = pull_from_registry(store, flags.quiet);
    return images::build(options, store, runner, *progress);
  }();
  progress->end();
  if (!image.ok()) {
    Error error = std::move(image).error().context("build");
    report_error(error);
    clear_away(globals);
    return build_exit_code_of(error);
  }
  TRY(announce(image.value(), flags));
  return 0;
}

}  // namespace

Result<int> build(const Globals& globals, const BuildFlags& flags, const std::vector<std::string>& arguments) {
  TRY(need_capability("CAP_SYS_ADMIN"));
  return stoppable(
      "build", [&] { return build_here(globals, flags, arguments); }, [&] { clear_away(globals); });
}

}  // namespace aictr::cli
