#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <chrono>
#include <optional>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "cli/event_log.h"
#include "cli/events_command.h"
#include "cli/filter.h"
#include "cli/format.h"
#include "cli/log_reader.h"
#include "cli/report.h"

namespace aictr::cli {
namespace {

using Clock = std::chrono::system_clock;
using oci::Json;

constexpr std::string_view kFilterKeys[] = {"container", "event", "image", "label"};

std::string text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  const auto* text = member == nullptr ? nullptr : member->as<std::string>();
  return text == nullptr ? "" : *text;
}

Clock::time_point time_of(const Json& event) {
  const Json* member = event.find("timeNano");
  const auto* count = member == nullptr ? nullptr : member->as<std::int64_t>();
  auto since = std::chrono::nanoseconds(count == nullptr ? 0 : *count);
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(since));
}

struct Bounds {
  std::optional<Clock::time_point> since;
  std::optional<Clock::time_point> until;
};

bool is_wanted(const Json& event, const Json& attributes, const Filters& filters, const Bounds& bounds) {
  Clock::time_point time = time_of(event);
  if (bounds.since && time < *bounds.since) return false;
  if (bounds.until && time > *bounds.until) return false;
  std::map<std::string, std::string> labels;
  if (const auto* members = attributes.as<Json::Object>()) {
    for (const auto& [name, value] : *members) labels[name] = value.as<std::string>() ? *value.as<std::string>() : "";
  }
  std::string id = text_of(event, "id");
  return filters.allow_labels(labels) &&
         filters.allow("event", [&](const std::string& action) { return text_of(event, "Action") == action; }) &&
         filters.allow("image", [&](const std::string& image) { return text_of(event, "from") == image; }) &&
         filters.allow("container", [&](const std::string& name) {
           return text_of(attributes, "name") == name || (!name.empty() && id.starts_with(name));
         });
}

// Docker's line: the time, the type, the action, the id, and the attributes in brackets.
std::string line_of(const Json& event, const Json& attributes) {
  std::vector<std::string> parts;
  if (const auto* members = attributes.as<Json::Object>()) {
    for (const auto& [name, value] : *members) parts.push_back(fmt::format("{}={}", name, text_of(attributes, name)));
  }
  return fmt::format("{} {} {} {} ({})\n", rfc3339(time_of(event)), text_of(event, "Type"), text_of(event, "Action"),
                     text_of(event, "id"), join(parts, ", "));
}

class EventPrinter {
 public:
  EventPrinter(Filters filters, Bounds bounds, std::string format)
      : filters_(std::move(filters)), bounds_(bounds), format_(std::move(format)) {}

  Result<void> print_all(std::string_view text) {
    for (const std::string& line : split(text, '\n')) {
      if (!line.empty()) TRY(print_one(line));
    }
    return {};
  }

 private:
  Result<void> print_one(const std::string& line) {
    auto event = oci::parse_json(line);
    if (!event.ok()) return {};  // half of a line, from when the disk was full
    const Json* actor = event.value().find("Actor");
    const Json* found = actor == nullptr ? nullptr : actor->find("Attributes");
    Json attributes = found == nullptr ? Json(Json::Object()) : *found;
    if (!is_wanted(event.value(), attributes, filters_, bounds_)) return {};
    if (format_.empty()) return print(line_of(event.value(), attributes));
    if (format_ == "json") return print(line + "\n");
    std::string text = TRY(format_objects(format_, {event.value()}));
    return print(text);
  }

  Filters filters_;
  Bounds bounds_;
  std::string format_;
};

// The file that is written to, from where we have read on; when it was turned, its rest and then the new one.
class EventFile {
 public:
  explicit EventFile(std::string directory) : directory_(std::move(directory)) {}

  Result<std::string> older() const {
    return read_file(AT_FDCWD, fmt::format("{}/{}", directory_, kOlderEventsFile)).value_or("");
  }

  Result<std::string> more() {
    std::string text;
    if (file_) text = TRY(rest());
    auto newest = sys::open(AT_FDCWD, fmt::format("{}/{}", directory_, kEventsFile), O_RDONLY);
    if (!newest.ok()) return text;
    struct stat now = TRY(sys::stat(newest.value().get()));
    if (file_ && now.st_ino == inode_) return text;
    file_ = std::move(newest).value();
    inode_ = now.st_ino;
    return text + TRY(rest());
  }

 private:
  Result<std::string> rest() {
    std::string text = TRY(sys::read_to_end(file_.get()));
    text.insert(0, unfinished_);
    std::size_t end = text.rfind('\n') + 1;  // 0 when there is none
    unfinished_ = text.substr(end);
    text.resize(end);
    return text;
  }

  std::string directory_;
  UniqueFd file_;
  ino_t inode_ = 0;
  std::string unfinished_;
};

}  // namespace

Result<int> events(const Globals& globals, const EventsFlags& flags, const std::vector<std::string>&) {
  Filters filters = TRY(Filters::parse(flags.filter, kFilterKeys));
  auto now = Clock::now();
  Bounds bounds;
  if (!flags.since.empty()) bounds.since = TRY_AS("--since", parse_log_time(flags.since, now));
  if (!flags.until.empty()) bounds.until = TRY_AS("--until", parse_log_time(flags.until, now));
  if (!bounds.since && !bounds.until) bounds.since = now;
  EventPrinter printer(std::move(filters), bounds, flags.format);
  TRY(make_directories(AT_FDCWD, globals.runroot, 0755));
  UniqueFd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!changes || ::inotify_add_watch(changes.get(), globals.runroot.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
    return sys_error("watch for events");
  EventFile file(globals.runroot);
  std::string older = TRY(file.older());
  TRY(printer.print_all(older));
  for (;;) {
    std::string text = TRY(file.more());
    TRY(printer.print_all(text));
    int wait = -1;
    if (bounds.until) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(*bounds.until - Clock::now()).count();
      if (left <= 0) return 0;
      wait = static_cast<int>(std::min<std::int64_t>(left, 3'600'000));
    }
    pollfd polled{changes.get(), POLLIN, 0};
    ::poll(&polled, 1, wait);
    char buffer[4096];
    while (::read(changes.get(), buffer, sizeof buffer) > 0) {
    }
  }
}

}  // namespace aictr::cli
