#include "images/config_change.h"

#include <algorithm>

#include <fmt/core.h>

#include "images/clean_path.h"
#include "images/dockerfile_expand.h"
#include "images/instruction.h"

namespace aictr::images {
namespace {

void set_variable(std::vector<std::string>& env, const std::string& name, const std::string& value) {
  std::string line = name + "=" + value;
  auto old = std::find_if(env.begin(), env.end(), [&](const std::string& one) { return one.starts_with(name + "="); });
  if (old != env.end()) {
    *old = std::move(line);
  } else {
    env.push_back(std::move(line));
  }
}

std::optional<std::string> find_variable(const std::vector<std::string>& env, std::string_view name) {
  for (const std::string& line : env) {
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=') {
      return line.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

void insert_sorted(std::vector<std::string>& set, std::string value) {
  auto place = std::lower_bound(set.begin(), set.end(), value);
  if (place == set.end() || *place != value) set.insert(place, std::move(value));
}

class Change {
 public:
  explicit Change(oci::ContainerConfig& config) : config_(config), before_(config.env) {}

  Result<void> operator()(const EnvInstruction& env) {
    for (const auto& [name, value] : env.pairs) {
      std::string key = TRY(expanded(name));
      set_variable(config_.env, key, TRY(expanded(value)));
    }
    return {};
  }

  Result<void> operator()(const LabelInstruction& label) {
    for (const auto& [name, value] : label.pairs) {
      std::string key = TRY(expanded(name));
      config_.labels[key] = TRY(expanded(value));
    }
    return {};
  }

  Result<void> operator()(const WorkdirInstruction& workdir) {
    std::string folder = config_.working_dir.empty() ? "/" : config_.working_dir;
    config_.working_dir = absolute_path(folder, TRY(expanded(workdir.path)));
    return {};
  }

  Result<void> operator()(const UserInstruction& user) {
    config_.user = TRY(expanded(user.user));
    return {};
  }

  Result<void> operator()(const ExposeInstruction& expose) {
    for (const std::string& word : expose.ports) {
      std::string port = TRY(expanded(word));
      insert_sorted(config_.exposed_ports, port.find('/') == std::string::npos ? port + "/tcp" : port);
    }
    return {};
  }

  Result<void> operator()(const VolumeInstruction& volume) {
    for (const std::string& path : volume.paths) insert_sorted(config_.volumes, TRY(expanded(path)));
    return {};
  }

  Result<void> operator()(const StopSignalInstruction& stop) {
    config_.stop_signal = TRY(expanded(stop.signal));
    return {};
  }

  Result<void> operator()(const ShellInstruction& shell) {
    config_.shell = shell.words;
    return {};
  }

  Result<void> operator()(const CmdInstruction& cmd) {
    config_.cmd = command(cmd.command);
    return {};
  }

  Result<void> operator()(const EntrypointInstruction& entrypoint) {
    config_.entrypoint = command(entrypoint.command);
    return {};
  }

  Result<void> operator()(const HealthCheckInstruction& health) {
    config_.health_check = health.check;
    return {};
  }

  Result<void> operator()(const OnBuildInstruction& trigger) {
    config_.on_build.push_back(trigger.text);
    return {};
  }

  template <class Other>
  Result<void> operator()(const Other&) {
    return make_error(Kind::usage, "it changes more than the configuration",
                      "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, SHELL, STOPSIGNAL, USER, VOLUME and "
                      "WORKDIR can be given");
  }

 private:
  // One instruction sees the environment as it was before it.
  Result<std::string> expanded(const std::string& text) {
    return expand(text, [this](std::string_view name) { return find_variable(before_, name); });
  }

  std::vector<std::string> command(const CommandLine& line) {
    if (!line.shell) return line.words;
    std::vector<std::string> words = config_.shell;
    if (words.empty()) words = {"/bin/sh", "-c"};
    words.insert(words.end(), line.words.begin(), line.words.end());
    return words;
  }

  oci::ContainerConfig& config_;
  std::vector<std::string> before_;
};

}  // namespace

Result<void> apply_change(oci::ContainerConfig& config, std::string_view instruction) {
  RawInstruction raw = TRY(parse_single_instruction(instruction));
  Instruction parsed = TRY(parse_instruction(raw));
  Change change(config);
  TRY_AS(raw.keyword, std::visit(change, parsed));
  return {};
}

}  // namespace aictr::images
