#include "images/stage_variables.h"

#include <algorithm>

namespace aictr::images {
namespace {

constexpr std::string_view kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_named(std::string_view pair, std::string_view name) {
  return pair.substr(0, pair.find('=')) == name;
}

std::string assignment(std::string_view name, std::string_view value) {
  return std::string(name) + "=" + std::string(value);
}

}  // namespace

std::optional<std::string> find_variable(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& pair : environment) {
    if (is_named(pair, name)) return pair.substr(std::min(name.size() + 1, pair.size()));
  }
  return std::nullopt;
}

StageVariables::StageVariables(std::vector<std::string> env) : env_(std::move(env)) {
  if (!find_variable(env_, "PATH")) set("PATH", kDefaultPath);
}

void StageVariables::set(std::string_view name, std::string_view value) {
  auto old = std::ranges::find_if(env_, [&](const std::string& pair) { return is_named(pair, name); });
  if (old == env_.end()) {
    env_.push_back(assignment(name, value));
  } else {
    *old = assignment(name, value);
  }
}

void StageVariables::declare(std::string_view name, std::optional<std::string> value) {
  auto old = std::ranges::find(arguments_, name, &Argument::name);
  if (old == arguments_.end()) {
    arguments_.push_back({std::string(name), std::move(value)});
  } else if (value) {
    old->value = std::move(value);
  }
}

std::optional<std::string> StageVariables::find(std::string_view name) const {
  if (auto value = find_variable(env_, name)) return value;
  auto argument = std::ranges::find(arguments_, name, &Argument::name);
  if (argument == arguments_.end()) return std::nullopt;
  return argument->value;
}

Variables StageVariables::lookup() const {
  return [this](std::string_view name) { return find(name); };
}

bool StageVariables::declares(std::string_view name) const {
  return std::ranges::find(arguments_, name, &Argument::name) != arguments_.end();
}

std::vector<std::string> StageVariables::environment() const {
  std::vector<std::string> all = env_;
  for (const Argument& argument : arguments_) {
    if (argument.value && !find_variable(env_, argument.name))
      all.push_back(assignment(argument.name, *argument.value));
  }
  return all;
}

std::vector<std::string> StageVariables::arguments() const {
  std::vector<std::string> all;
  for (const Argument& argument : arguments_)
    all.push_back(assignment(argument.name, find(argument.name).value_or("")));
  return all;
}

}  // namespace aictr::images
