#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <deque>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/each_container.h"
#include "cli/log_reader.h"
#include "cli/logs_command.h"
#include "cli/made_container.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::system_clock;

constexpr int kLookAgainMs = 500;  // whether the container still runs

class LogPrinter {
 public:
  static Result<LogPrinter> make(const LogsFlags& flags, const Container& container) {
    LogPrinter printer;
    auto now = Clock::now();
    if (!flags.since.empty()) printer.since_ = TRY_AS("--since", parse_log_time(flags.since, now));
    if (!flags.until.empty()) printer.until_ = TRY_AS("--until", parse_log_time(flags.until, now));
    printer.timestamps_ = flags.timestamps;
    if (flags.details) {
      std::vector<std::string> labels;
      for (const auto& [name, value] : container.labels) labels.push_back(fmt::format("{}={}", name, value));
      printer.details_ = join(labels, ",") + " ";
    }
    return printer;
  }

  bool is_wanted(const LogEntry& entry) const {
    if (!since_ && !until_) return true;
    auto time = parse_rfc3339(entry.time);
    if (!time.ok()) return false;
    return (!since_ || time.value() >= *since_) && (!until_ || time.value() <= *until_);
  }

  // What `logs` prints goes where it went inside.
  Result<void> print_entry(const LogEntry& entry) {
    bool errors = entry.stream == ContainerLog::Stream::errors;
    bool& begins = line_begins_[errors ? 1 : 0];
    std::string text;
    if (begins && timestamps_) text += entry.time + " ";
    if (begins) text += details_;
    text += entry.text;
    begins = text.ends_with('\n');
    return sys::write_all(errors ? STDERR_FILENO : STDOUT_FILENO, text);
  }

  bool is_over() const { return until_ && Clock::now() > *until_; }

 private:
  std::optional<Clock::time_point> since_;
  std::optional<Clock::time_point> until_;
  bool timestamps_ = false;
  std::string details_;
  bool line_begins_[2] = {true, true};
};

Result<std::optional<std::size_t>> parse_tail(const std::string& text) {
  if (text == "all" || text == "-1") return std::optional<std::size_t>();
  auto count = parse_number<std::size_t>(text);
  if (!count)
    return make_error(Kind::usage, fmt::format("invalid value '{}' for --tail: write a number or 'all'", text));
  return std::optional(*count);
}

// The last `count` lines; pieces of one line count as one.
Result<void> print_last(LogReader& reader, LogPrinter& printer, std::size_t count) {
  std::deque<LogEntry> last;
  std::size_t lines = 0;
  TRY(reader.read([&](LogEntry entry) {
    if (!printer.is_wanted(entry)) return;
    lines += entry.text.ends_with('\n') ? 1 : 0;
    last.push_back(std::move(entry));
    std::size_t unfinished = last.back().text.ends_with('\n') ? 0 : 1;
    while (lines + unfinished > count && !last.empty()) {
      lines -= last.front().text.ends_with('\n') ? 1 : 0;
      last.pop_front();
    }
  }));
  for (const LogEntry& entry : last) TRY(printer.print_entry(entry));
  return {};
}

Result<void> print_new(LogReader& reader, LogPrinter& printer) {
  Result<void> printed;
  TRY(reader.read([&](const LogEntry& entry) {
    if (printed.ok() && printer.is_wanted(entry)) printed = printer.print_entry(entry);
  }));
  return printed;
}

Result<bool> may_say_more(const ContainerPlaces& places, const Container& container) {
  auto now = places.containers.find(container.id);
  if (!now.ok()) return false;
  return !TRY(places.containers.is_left(now.value()));
}

Result<void> follow(const ContainerPlaces& places, const Container& container, LogReader& reader, LogPrinter& printer) {
  UniqueFd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  std::string directory = places.containers.directory(container);
  if (!changes || ::inotify_add_watch(changes.get(), directory.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
    return sys_error("watch the log");
  while (!printer.is_over()) {
    bool more = TRY(may_say_more(places, container));
    TRY(print_new(reader, printer));
    if (!more) return {};
    pollfd polled{changes.get(), POLLIN, 0};
    ::poll(&polled, 1, kLookAgainMs);
    char events[4096];
    while (::read(changes.get(), events, sizeof events) > 0) {
    }
  }
  return {};
}

}  // namespace

Result<int> logs(const Globals& globals, const LogsFlags& flags, const std::vector<std::string>& arguments) {
  ContainerPlaces places = TRY(ContainerPlaces::open(globals));
  Container container = TRY(places.containers.find(arguments[0]));
  RunFlags asked = TRY(flags_of(container));
  if (asked.log_driver == "none") {
    return make_error(Kind::unsupported, fmt::format("container '{}' keeps no log", container.name),
                      "it was made with --log-driver none");
  }
  auto tail = TRY(parse_tail(flags.tail));
  LogPrinter printer = TRY(LogPrinter::make(flags, container));
  UniqueFd directory = TRY(places.containers.open_directory(container));
  LogReader reader = TRY(LogReader::open(std::move(directory), container.id));
  if (tail) {
    TRY(print_last(reader, printer, *tail));
  } else {
    TRY(print_new(reader, printer));
  }
  if (flags.follow) TRY(follow(places, container, reader, printer));
  return 0;
}

}  // namespace aictr::cli
