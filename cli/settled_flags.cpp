#include "cli/settled_flags.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/run_process.h"
#include "cli/run_spec.h"

namespace aictr::cli {
namespace {

// A path of the host, as -v tells it from a volume's name.
bool is_relative_path(std::string_view text) {
  return !text.starts_with('/') && (text.starts_with('.') || text.find('/') != std::string_view::npos);
}

std::string absolute(const std::string& path, const std::string& current_directory) {
  return fmt::format("{}/{}", current_directory, path);
}

std::string settle_volume(const std::string& text, const std::string& current_directory) {
  bool has_source = text.find(':') != std::string::npos;
  return has_source && is_relative_path(text.substr(0, text.find(':'))) ? absolute(text, current_directory) : text;
}

std::string settle_mount(const std::string& text, const std::string& current_directory) {
  auto fields = split(text, ',');
  bool is_bind = false;
  for (const std::string& field : fields) {
    if (field.starts_with("type=")) is_bind = field == "type=bind";
  }
  for (std::string& field : fields) {
    auto equals = field.find('=');
    std::string key = lower(field.substr(0, equals));
    bool is_source = (key == "source" || key == "src") && equals != std::string::npos;
    if (!is_bind || !is_source || field.substr(equals + 1).starts_with('/')) continue;
    field = fmt::format("{}={}", key, absolute(field.substr(equals + 1), current_directory));
  }
  return join(fields, ",");
}

std::string settle_security(const std::string& option, const std::string& current_directory) {
  for (std::string_view key : {"seccomp=", "seccomp:"}) {
    if (!option.starts_with(key)) continue;
    std::string file = option.substr(key.size());
    if (file != "unconfined" && !file.starts_with('/')) return fmt::format("seccomp={}/{}", current_directory, file);
  }
  return option;
}

}  // namespace

Result<RunFlags> settle_flags(const RunFlags& given, const std::string& current_directory) {
  RunFlags flags = given;
  flags.env = TRY(given_environment(given, our_variable));
  flags.env_file.clear();
  auto labels = TRY(container_labels(given));
  flags.label_file.clear();
  flags.label.clear();
  for (const auto& [key, value] : labels) flags.label.push_back(fmt::format("{}={}", key, value));
  for (std::string& volume : flags.volume) volume = settle_volume(volume, current_directory);
  for (std::string& mount : flags.mount) mount = settle_mount(mount, current_directory);
  for (std::string& option : flags.security_opt) option = settle_security(option, current_directory);
  return flags;
}

Result<std::map<std::string, std::string>> container_labels(const RunFlags& flags) {
  std::map<std::string, std::string> labels;
  for (const std::string& path : flags.label_file) {
    std::string text = TRY_AS("--label-file", read_file(AT_FDCWD, path));
    std::vector<std::string> lines;
    for (const std::string& line : split(text, '\n')) {
      std::string label(trim(line));
      if (!label.empty() && !label.starts_with('#')) lines.push_back(std::move(label));
    }
    auto more = TRY(key_values("label-file", lines));
    for (auto& [key, value] : more) labels[key] = value;
  }
  auto given = TRY(key_values("label", flags.label));
  for (auto& [key, value] : given) labels[key] = value;
  return labels;
}

}  // namespace aictr::cli
