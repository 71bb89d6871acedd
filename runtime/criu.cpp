#include "runtime/criu.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/process.h"
#include "base/text.h"

namespace aictr::runtime {
namespace {

using Words = std::vector<std::string>;

void add_if(Words& words, bool wanted, const char* flag) {
  if (wanted) words.emplace_back(flag);
}

void add_value(Words& words, const char* flag, const std::string& value) {
  if (value.empty()) return;
  words.emplace_back(flag);
  words.push_back(value);
}

// Everything that is said to both.
Words common_arguments(const char* command, const char* log, const CriuOptions& options) {
  Words words = {command, "--images-dir", options.image_path, "--log-file", log, "-v4", "--evasive-devices"};
  add_value(words, "--work-dir", options.work_path);
  add_if(words, options.tcp_established, "--tcp-established");
  add_if(words, options.tcp_skip_in_flight, "--skip-in-flight");
  add_if(words, options.tcp_close, "--tcp-close");
  add_if(words, options.link_remap, "--link-remap");
  add_if(words, options.ext_unix_sk, "--ext-unix-sk");
  add_if(words, options.shell_job, "--shell-job");
  add_if(words, options.file_locks, "--file-locks");
  add_if(words, options.auto_dedup, "--auto-dedup");
  add_if(words, options.lazy_pages, "--lazy-pages");
  words.push_back("--manage-cgroups=" + (options.manage_cgroups.empty() ? "soft" : options.manage_cgroups));
  for (const std::string& name : options.empty_ns) add_value(words, "--empty-ns", name == "network" ? "net" : name);
  return words;
}

void add_page_server(Words& words, const std::string& server) {
  if (server.empty()) return;
  auto colon = server.rfind(':');
  add_if(words, true, "--page-server");
  add_value(words, "--address", server.substr(0, colon));
  add_value(words, "--port", server.substr(colon + 1));
}

}  // namespace

Result<void> check_criu_options(const CriuOptions& options) {
  constexpr std::array<std::string_view, 5> kModes = {"", "soft", "full", "strict", "ignore"};
  if (std::ranges::find(kModes, options.manage_cgroups) == kModes.end())
    return make_error(Kind::usage, fmt::format("--manage-cgroups-mode: '{}' is none of soft, full, strict and ignore",
                                               options.manage_cgroups));
  for (const std::string& name : options.empty_ns) {
    if (name != "network")
      return make_error(Kind::usage, fmt::format("--empty-ns: '{}' cannot be left empty: network can", name));
  }
  auto colon = options.page_server.rfind(':');
  bool has_port = colon != std::string::npos &&
                  parse_number<unsigned>(std::string_view(options.page_server).substr(colon + 1)).has_value();
  if (!options.page_server.empty() && (!has_port || colon == 0))
    return make_error(Kind::usage, fmt::format("--page-server: '{}' is no ADDRESS:PORT", options.page_server));
  if (options.parent_path.starts_with('/'))
    return make_error(Kind::usage, "--parent-path must be relative: it is taken from the image path on");
  return {};
}

std::vector<std::string> criu_dump_arguments(const CriuDump& dump, const CriuOptions& options) {
  Words words = common_arguments(options.pre_dump ? "pre-dump" : "dump", "dump.log", options);
  add_value(words, "--tree", std::to_string(dump.pid));
  add_value(words, "--root", dump.root);
  add_value(words, "--prev-images-dir", options.parent_path);
  add_if(words, options.pre_dump || !options.parent_path.empty(), "--track-mem");
  add_if(words, options.leave_running, "--leave-running");
  add_page_server(words, options.page_server);
  if (options.status_fd >= 0) add_value(words, "--status-fd", std::to_string(options.status_fd));
  for (const std::string& path : dump.outside) add_value(words, "--external", fmt::format("mnt[{0}]:{0}", path));
  if (!dump.network.empty())
    add_value(words, "--external",
              fmt::format("net[{}]:extRootNetNS", dump.network.substr(5, dump.network.size() - 6)));
  return words;
}

std::vector<std::string> criu_restore_arguments(const CriuRestore& restore, const CriuOptions& options) {
  Words words = common_arguments("restore", "restore.log", options);
  // Our child, as every other container's first process is.
  for (const char* flag : {"--restore-detached", "--restore-sibling"}) add_if(words, true, flag);
  add_value(words, "--root", restore.root);
  add_value(words, "--pidfile", restore.pid_file);
  add_value(words, "--lsm-profile", options.lsm_profile);
  add_value(words, "--lsm-mount-context", options.lsm_mount_context);
  for (const auto& [path, source] : restore.outside)
    add_value(words, "--external", fmt::format("mnt[{}]:{}", path, source));
  for (const auto& [fd, meaning] : restore.descriptors)
    add_value(words, "--inherit-fd", fmt::format("fd[{}]:{}", fd, meaning));
  return words;
}

Result<std::string> find_criu() {
  auto found = find_program("criu");
  if (found.ok()) return found;
  return make_error(Kind::unsupported, "the program criu is not installed", "apt-get install criu");
}

std::string reason_in_criu_log(std::string_view log) {
  for (const std::string& line : split(log, '\n')) {
    if (auto at = line.find("Error ("); at != std::string::npos) return line.substr(at);
  }
  return {};
}

}  // namespace aictr::runtime
