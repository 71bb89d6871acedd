#include "cli/container_log.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/units.h"
#include "cli/json_text.h"

namespace aictr::cli {
namespace {

constexpr std::size_t kLongestPiece = 16U << 10;  // Docker's

}  // namespace

std::string log_name(const std::string& id, int age) {
  return age == 0 ? fmt::format("{}-json.log", id) : fmt::format("{}-json.log.{}", id, age);
}

Result<ContainerLog> ContainerLog::open(UniqueFd directory, std::string id, LogLimits limits) {
  ContainerLog log(std::move(directory), std::move(id), limits);
  TRY(log.open_file());
  return log;
}

Result<void> ContainerLog::open_file() {
  file_ = TRY(sys::open(directory_.get(), log_name(id_, 0), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0640));
  size_ = TRY(sys::stat(file_.get())).st_size;
  return {};
}

Result<void> ContainerLog::add_entry(Stream stream, std::string_view text, const std::string& time) {
  std::size_t before = entries_.size();
  entries_ += R"({"log":)";
  append_json_string(entries_, text);
  entries_ += stream == Stream::output ? R"(,"stream":"stdout","time":")" : R"(,"stream":"stderr","time":")";
  entries_ += time;
  entries_ += "\"}\n";
  if (limits_.max_size <= 0 || size_ + static_cast<std::int64_t>(entries_.size()) <= limits_.max_size) return {};
  // This one begins the next file.
  std::string entry = entries_.substr(before);
  entries_.resize(before);
  TRY(write_entries());
  if (size_ > 0) TRY(rotate());
  entries_ = std::move(entry);
  return {};
}

Result<void> ContainerLog::append(Stream stream, std::string_view bytes) {
  std::string time = rfc3339(std::chrono::system_clock::now());
  std::string& line = unfinished_[stream == Stream::output ? 0 : 1];
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    std::size_t room = kLongestPiece - line.size();
    std::size_t count = std::min(end == std::string_view::npos ? bytes.size() : end + 1, room);
    line.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (line.back() != '\n' && line.size() < kLongestPiece) break;
    std::string whole = std::exchange(line, {});
    TRY(add_entry(stream, whole, time));
  }
  return write_entries();
}

Result<void> ContainerLog::flush() {
  std::string time = rfc3339(std::chrono::system_clock::now());
  for (Stream stream : {Stream::output, Stream::errors}) {
    std::string line = std::exchange(unfinished_[stream == Stream::output ? 0 : 1], {});
    if (!line.empty()) TRY(add_entry(stream, line, time));
  }
  return write_entries();
}

Result<void> ContainerLog::write_entries() {
  if (entries_.empty()) return {};
  std::string entries = std::exchange(entries_, {});
  TRY(sys::write_all(file_.get(), entries));
  size_ += static_cast<std::int64_t>(entries.size());
  return {};
}

// Who follows the log has the old file open and sees that the name leads to another one.
Result<void> ContainerLog::rotate() {
  for (int age = limits_.max_files - 1; age > 0; --age) {
    auto moved = sys::rename(directory_.get(), log_name(id_, age - 1), directory_.get(), log_name(id_, age));
    if (!moved.ok() && moved.error().kind != Kind::not_found) return moved;
  }
  if (limits_.max_files <= 1) TRY(sys::unlink(directory_.get(), log_name(id_, 0)));
  return open_file();
}

}  // namespace aictr::cli
