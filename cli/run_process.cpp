#include "cli/run_process.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "oci/default_spec.h"

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr const char* kDefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

constexpr std::array kLimits = {"as"sv,      "core"sv,     "cpu"sv,        "data"sv,   "fsize"sv, "locks"sv,
                                "memlock"sv, "msgqueue"sv, "nice"sv,       "nofile"sv, "nproc"sv, "rss"sv,
                                "rtprio"sv,  "rttime"sv,   "sigpending"sv, "stack"sv};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

// "net_admin", "CAP_NET_ADMIN" → "CAP_NET_ADMIN".
Result<std::string> capability(std::string_view flag, const std::string& text, const std::vector<std::string>& all) {
  constexpr std::string_view kPrefix = "CAP_";
  std::string name = upper(text);
  if (name == "ALL") return name;
  if (!name.starts_with(kPrefix)) name.insert(0, kPrefix);
  if (std::find(all.begin(), all.end(), name) != all.end()) return name;
  std::vector<std::string> short_names;
  for (const std::string& one : all) short_names.push_back(one.substr(kPrefix.size()));
  auto near = nearest(name.substr(kPrefix.size()), short_names);
  return make_error(Kind::usage, fmt::format("invalid value '{}' for --{}: no such capability", text, flag),
                    near ? fmt::format("did you mean {}{}?", kPrefix, *near) : "");
}

// NAME=VALUE as it is; NAME becomes NAME=our value, or nothing when we have none.
Result<std::optional<std::string>> assignment(const std::string& text, const Lookup& ours) {
  auto equals = text.find('=');
  if (text.empty() || equals == 0) return make_error(Kind::usage, fmt::format("'{}' names no variable", text));
  if (equals != std::string::npos) return std::optional(text);
  auto value = ours(text);
  if (!value) return std::optional<std::string>();
  return std::optional(text + "=" + *value);
}

Result<std::uint64_t> limit_value(std::string_view text) {
  if (text == "unlimited" || text == "-1") return RLIM_INFINITY;
  auto value = parse_number<std::uint64_t>(text);
  if (!value) return make_error(Kind::usage, fmt::format("'{}' is not a number", text));
  return *value;
}

}  // namespace

std::optional<std::string> our_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::vector<std::string>> run_arguments(const RunFlags& flags, const oci::ContainerConfig& image,
                                               const std::vector<std::string>& command) {
  std::vector<std::string> arguments;
  // An entrypoint of the user's own drops the image's command, which was written for the image's entrypoint.
  if (flags.entrypoint) {
    if (!flags.entrypoint->empty()) arguments.push_back(*flags.entrypoint);
  } else if (image.entrypoint) {
    arguments = *image.entrypoint;
  }
  if (!command.empty()) {
    arguments.insert(arguments.end(), command.begin(), command.end());
  } else if (image.cmd && !flags.entrypoint) {
    arguments.insert(arguments.end(), image.cmd->begin(), image.cmd->end());
  }
  if (arguments.empty()) {
    return make_error(Kind::usage, "the image names no command, and none was given",
                      "write the command behind the image's name");
  }
  return arguments;
}

Result<std::vector<std::string>> parse_env_file(std::string_view text, const Lookup& ours) {
  std::vector<std::string> result;
  for (std::string line : split(text, '\n')) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.erase(0, 1);
    if (line.empty() || line.front() == '#') continue;
    std::string name = line.substr(0, line.find('='));
    if (name.find_first_of(" \t") != std::string::npos) {
      return make_error(Kind::usage, fmt::format("variable '{}' contains whitespaces", name));
    }
    if (auto set = TRY(assignment(line, ours))) result.push_back(*set);
  }
  return result;
}

Result<std::vector<std::string>> given_environment(const RunFlags& flags, const Lookup& ours) {
  std::vector<std::string> given;
  for (const std::string& path : flags.env_file) {
    std::string text = TRY_AS("--env-file", read_file(AT_FDCWD, path));
    auto lines = TRY_AS(fmt::format("--env-file '{}'", path), parse_env_file(text, ours));
    given.insert(given.end(), lines.begin(), lines.end());
  }
  for (const std::string& text : flags.env) {
    if (auto set = TRY_AS("--env", assignment(text, ours))) given.push_back(*set);
  }
  return given;
}

Result<std::vector<std::string>> run_environment(const RunFlags& flags, const oci::ContainerConfig& image,
                                                 const Lookup& ours) {
  std::vector<std::string> env = image.env;
  if (oci::find_env(env, "PATH") == nullptr) env.insert(env.begin(), kDefaultPath);
  auto given = TRY(given_environment(flags, ours));
  for (const std::string& set : given) oci::set_env(env, set);
  if (flags.terminal && oci::find_env(env, "TERM") == nullptr) env.emplace_back("TERM=xterm");
  return env;
}

Result<std::vector<std::string>> run_capabilities(const RunFlags& flags, const std::vector<std::string>& known,
                                                  const std::vector<std::string>& grantable) {
  if (flags.privileged) return grantable;
  std::vector<std::string> wanted = oci::default_capabilities();
  std::vector<std::string> added;
  for (const std::string& text : flags.cap_add) added.push_back(TRY(capability("cap-add", text, known)));
  std::vector<std::string> dropped;
  for (const std::string& text : flags.cap_drop) dropped.push_back(TRY(capability("cap-drop", text, known)));
  auto has = [](const std::vector<std::string>& set, std::string_view name) {
    return std::find(set.begin(), set.end(), name) != set.end();
  };
  // As Docker does it: ALL is the starting point and single names win over it; of two single ones --cap-add wins.
  bool all_added = has(added, "ALL");
  if (has(dropped, "ALL")) wanted.clear();
  if (all_added) wanted = grantable;
  std::erase_if(wanted, [&](const std::string& name) { return has(dropped, name); });
  for (const std::string& name : added) {
    if (!all_added && !has(wanted, name)) wanted.push_back(name);
  }
  return wanted;
}

Result<oci::Rlimit> parse_ulimit(std::string_view text) {
  auto equals = text.find('=');
  std::string name = lower(text.substr(0, equals));
  Error bad = make_error(Kind::usage, fmt::format("invalid value '{}' for --ulimit", text),
                         "write NAME=SOFT[:HARD], such as nofile=65536");
  if (equals == std::string_view::npos) return bad;
  if (std::find(kLimits.begin(), kLimits.end(), name) == kLimits.end()) {
    bad.hint = fmt::format("limits are {}", join(std::vector<std::string>(kLimits.begin(), kLimits.end()), ", "));
    return bad;
  }
  auto values = split(text.substr(equals + 1), ':');
  if (values.size() > 2) return bad;
  oci::Rlimit limit;
  limit.type = "RLIMIT_" + upper(name);
  limit.soft = TRY_AS("--ulimit", limit_value(values[0]));
  limit.hard = values.size() == 2 ? TRY_AS("--ulimit", limit_value(values[1])) : limit.soft;
  if (limit.soft > limit.hard) {
    return make_error(Kind::usage,
                      fmt::format("invalid value '{}' for --ulimit: the soft limit is above the hard one", text));
  }
  return limit;
}

}  // namespace aictr::cli
