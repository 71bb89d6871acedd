#include "cli/log_reader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/units.h"
#include "oci/json.h"

namespace aictr::cli {
namespace {

constexpr int kMostFiles = 1000;

bool is_same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

const std::string* text_of(const oci::Json& json, std::string_view name) {
  const oci::Json* member = json.find(name);
  return member == nullptr ? nullptr : member->as<std::string>();
}

}  // namespace

std::optional<LogEntry> parse_log_entry(std::string_view line) {
  auto json = oci::parse_json(line);
  if (!json.ok()) return std::nullopt;
  const std::string* text = text_of(json.value(), "log");
  const std::string* stream = text_of(json.value(), "stream");
  const std::string* time = text_of(json.value(), "time");
  if (text == nullptr || time == nullptr) return std::nullopt;
  bool errors = stream != nullptr && *stream == "stderr";
  return LogEntry{errors ? ContainerLog::Stream::errors : ContainerLog::Stream::output, *text, *time};
}

Result<LogReader> LogReader::open(UniqueFd directory, std::string id) {
  LogReader reader(std::move(directory), std::move(id));
  for (int age = 0; age < kMostFiles; ++age) {
    auto file = sys::open(reader.directory_.get(), log_name(reader.id_, age), O_RDONLY | O_NOFOLLOW);
    if (!file.ok()) break;
    bool twice = !reader.files_.empty() && is_same_file(reader.files_.front().get(), file.value().get());
    if (!twice) reader.files_.push_front(std::move(file).value());  // they were turned between two looks
  }
  return reader;
}

Result<void> LogReader::read_file(const std::function<void(LogEntry)>& take) {
  std::array<char, 65536> buffer;
  for (;;) {
    std::size_t count = TRY(sys::read(files_.front().get(), buffer));
    if (count == 0) return {};
    unfinished_.append(buffer.data(), count);
    std::size_t begin = 0;
    for (std::size_t end; (end = unfinished_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      auto entry = parse_log_entry(std::string_view(unfinished_).substr(begin, end - begin));
      if (entry) take(std::move(*entry));
    }
    unfinished_.erase(0, begin);
  }
}

Result<void> LogReader::read(const std::function<void(LogEntry)>& take) {
  for (;;) {
    if (!files_.empty()) TRY(read_file(take));
    if (files_.size() > 1) {
      files_.pop_front();
      continue;
    }
    auto newest = sys::open(directory_.get(), log_name(id_, 0), O_RDONLY | O_NOFOLLOW);
    if (!newest.ok()) return {};
    if (!files_.empty() && is_same_file(files_.front().get(), newest.value().get())) return {};
    // The files were turned. What was written to ours before that, and files between it and the newest, come first.
    if (!files_.empty()) {
      TRY(read_file(take));
      for (int age = 1; age < kMostFiles; ++age) {
        auto older = sys::open(directory_.get(), log_name(id_, age), O_RDONLY | O_NOFOLLOW);
        if (!older.ok() || is_same_file(files_.front().get(), older.value().get())) break;
        files_.insert(files_.begin() + 1, std::move(older).value());
      }
      files_.push_back(std::move(newest).value());
      files_.pop_front();
    } else {
      files_.push_back(std::move(newest).value());
    }
  }
}

Result<std::chrono::system_clock::time_point> parse_log_time(std::string_view text,
                                                             std::chrono::system_clock::time_point now) {
  using Clock = std::chrono::system_clock;
  auto duration = parse_duration(text);
  if (duration.ok()) return now - std::chrono::duration_cast<Clock::duration>(duration.value());
  auto time = parse_rfc3339(text);
  if (time.ok()) return time;
  auto dot = text.find('.');
  auto seconds = parse_number<std::int64_t>(text.substr(0, dot));
  if (seconds) {
    auto point = Clock::time_point(std::chrono::seconds(*seconds));
    if (dot == std::string_view::npos) return point;
    std::string fraction(text.substr(dot + 1, 9));
    fraction.resize(9, '0');
    auto nanoseconds = parse_number<std::int64_t>(fraction);
    if (nanoseconds) return point + std::chrono::duration_cast<Clock::duration>(std::chrono::nanoseconds(*nanoseconds));
  }
  return make_error(Kind::usage, fmt::format("'{}' is no time", text),
                    "write 2026-11-28T10:00:00Z, seconds since 1970, or how long ago, such as 10m");
}

}  // namespace aictr::cli
