#include "cli/build_options.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "cli/build_cache_flags.h"
#include "cli/build_secrets.h"
#include "cli/creation_time.h"

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

Result<std::size_t> jobs(std::optional<int> flag) {
  if (!flag) return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  if (*flag >= 1) return static_cast<std::size_t>(*flag);
  return make_error(Kind::usage, fmt::format("--jobs {}: at least one stage must be built at a time", *flag));
}

}  // namespace

RunFlags step_flags(const BuildFlags& flags) {
  RunFlags step;
  step.host_ca = flags.host_ca;
  step.network = {flags.network == "default" ? "host" : flags.network};
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
  options.always_pull = flags.pull;
  options.jobs = TRY(jobs(flags.jobs));
  for (const std::string& text : flags.cache_from) options.cache_from.push_back(TRY(parse_cache_from(text)));
  for (const std::string& text : flags.cache_to) options.cache_to.push_back(TRY(parse_cache_to(text)));
  options.source_date_epoch = TRY(source_date_epoch());
  if (options.source_date_epoch) {
    options.plan.arguments.try_emplace("SOURCE_DATE_EPOCH", std::to_string(*options.source_date_epoch));
  }
  return options;
}

}  // namespace aictr::cli
