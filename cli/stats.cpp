#include <unistd.h>

#include <chrono>
#include <map>
#include <thread>

#include <fmt/core.h>

#include "base/sys_terminal.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/container.h"
#include "cli/container_usage.h"
#include "cli/format.h"
#include "cli/report.h"
#include "cli/run_spec.h"
#include "cli/stats_command.h"
#include "cli/table.h"

namespace aictr::cli {
namespace {

using oci::Json;

constexpr auto kInterval = std::chrono::seconds(1);
constexpr auto kFirstInterval = std::chrono::milliseconds(500);  // between the two samples of a single print
constexpr std::size_t kShortId = 12;

constexpr Column kColumns[] = {
    {"ID", "CONTAINER ID"},
    {"Name", "NAME"},
    {"CPUPerc", "CPU %"},
    {"MemUsage", "MEM USAGE / LIMIT"},
    {"MemPerc", "MEM %"},
    {"NetIO", "NET I/O"},
    {"BlockIO", "BLOCK I/O"},
    {"PIDs", "PIDS"},
    {"Container", "CONTAINER", false},
};

std::string percent(double value) {
  return fmt::format("{:.2f}%", value);
}

std::string pair_of(const std::string& first, const std::string& second) {
  return fmt::format("{} / {}", first, second);
}

Json row_of(const Container& container, const Usage& usage, bool no_trunc) {
  std::string id = no_trunc ? container.id : container.id.substr(0, kShortId);
  return Json(Json::Object{
      {"BlockIO", Json(pair_of(decimal_size(usage.bytes_read), decimal_size(usage.bytes_written)))},
      {"CPUPerc", Json(percent(usage.cpu_percent))},
      {"Container", Json(id)},
      {"ID", Json(id)},
      {"MemPerc", Json(percent(usage.memory_percent))},
      {"MemUsage", Json(pair_of(memory_size(usage.memory), memory_size(usage.memory_max)))},
      {"Name", Json(container.name)},
      {"NetIO", Json(pair_of(decimal_size(usage.network.received), decimal_size(usage.network.sent)))},
      {"PIDs", Json(std::to_string(usage.processes))},
  });
}

// What is sampled again and again.
class Watched {
 public:
  Watched(Containers containers, runtime::StateRoot states, std::int64_t memory)
      : containers_(std::move(containers)), states_(std::move(states)), memory_(static_cast<std::uint64_t>(memory)) {}

  static Result<Watched> open(const Globals& globals) {
    Containers containers = TRY(Containers::open(globals.root));
    auto states = TRY(runtime::StateRoot::open(states_path(globals)));
    HostFacts host = TRY(HostFacts::read());
    return Watched(std::move(containers), std::move(states), host.memory);
  }

  // Of these alone, whether they run or not.
  Result<void> choose(const std::vector<std::string>& names) {
    for (const std::string& name : names) ids_.push_back(TRY(containers_.find(name)).id);
    return {};
  }
  bool has_chosen() const { return !ids_.empty(); }

  // A row for each container: what it has used since the round before. One that does not run uses nothing.
  Result<std::vector<Json>> round(bool all, bool no_trunc) {
    std::vector<Json> rows;
    std::map<std::string, UsageSample> samples;
    for (const Container& container : TRY(listed())) {
      auto sample = sample_usage(states_, container.id);
      if (!sample.ok() && !all && !has_chosen()) continue;
      Usage usage;
      if (sample.ok()) {
        auto before = samples_.find(container.id);
        usage = usage_between(before == samples_.end() ? sample.value() : before->second, sample.value(), memory_);
        samples.emplace(container.id, std::move(sample).value());
      }
      rows.push_back(row_of(container, usage, no_trunc));
    }
    samples_ = std::move(samples);
    return rows;
  }

 private:
  // Chosen ones that have been removed meanwhile are left out.
  Result<std::vector<Container>> listed() const {
    if (ids_.empty()) return containers_.list();
    std::vector<Container> found;
    for (const std::string& id : ids_) {
      auto container = containers_.find(id);
      if (container.ok()) found.push_back(std::move(container).value());
    }
    return found;
  }

  Containers containers_;
  runtime::StateRoot states_;
  std::uint64_t memory_;  // of the machine, bytes
  std::vector<std::string> ids_;
  std::map<std::string, UsageSample> samples_;
};

// Over what the terminal shows, line by line, so that nothing flickers; as much of it as there is room for.
std::string redrawn(const std::string& text, const winsize& size, bool first) {
  std::string drawn = first ? "\033[2J\033[H" : "\033[H";
  std::size_t room = size.ws_row > 1 ? size.ws_row - 1U : 0;
  for (const std::string& line : split(trim(text), '\n')) {
    if (room-- == 0) break;
    drawn += shortened(line, size.ws_col) + "\033[K\n";
  }
  return drawn + "\033[J";
}

Result<void> stream(Watched& watched, const StatsFlags& flags) {
  bool draws = sys::is_terminal(STDOUT_FILENO) && (flags.format.empty() || flags.format.starts_with("table"));
  for (bool first = true;; first = false) {
    std::vector<Json> rows = TRY(watched.round(flags.all, flags.no_trunc));
    if (rows.empty() && watched.has_chosen()) return {};  // they are all gone
    std::string text = TRY(format_list(flags.format, kColumns, rows));
    if (draws) {
      winsize size = TRY(sys::terminal_size(STDOUT_FILENO));
      text = redrawn(text, size, first);
    }
    TRY(print(text));
    std::this_thread::sleep_for(kInterval);
  }
}

}  // namespace

Result<int> stats(const Globals& globals, const StatsFlags& flags, const std::vector<std::string>& arguments) {
  Watched watched = TRY(Watched::open(globals));
  TRY(watched.choose(arguments));
  if (!flags.no_stream) {
    TRY(stream(watched, flags));
    return 0;
  }
  TRY(watched.round(flags.all, flags.no_trunc));
  std::this_thread::sleep_for(kFirstInterval);
  std::vector<Json> rows = TRY(watched.round(flags.all, flags.no_trunc));
  std::string text = TRY(format_list(flags.format, kColumns, rows));
  TRY(print(text));
  return 0;
}

}  // namespace aictr::cli
