#include "runtime/state_file.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "runtime/container_id.h"

namespace aictr::runtime {
namespace {

constexpr std::string_view kSuffix = ".json";

std::string file_of(const std::string& id) {
  return id + std::string(kSuffix);
}

std::string line_of(const oci::RuntimeRecord& record) {
  return oci::print_record(record) + "\n";
}

// The last that was written to its end; empty when none was.
std::string_view last_line(std::string_view text) {
  auto end = text.rfind('\n');
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end);
  return text.substr(text.rfind('\n') + 1);
}

// A new file, locked before anything is in it.
Result<UniqueFd> make_locked(int root, const std::string& name, const oci::RuntimeRecord& record) {
  UniqueFd fd = TRY(sys::open(root, name, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0600));
  if (::flock(fd.get(), LOCK_EX) != 0) return sys_error(fmt::format("lock '{}'", name));
  TRY(sys::write_all(fd.get(), line_of(record)));
  return fd;
}

bool is_locked(int fd) {
  return ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

Error no_container(const std::string& id) {
  return make_error(Kind::not_found, fmt::format("container '{}' does not exist", id));
}

}  // namespace

Result<StateFile> StateFile::claim(const StateRoot& root, const oci::RuntimeRecord& record) {
  auto made = make_locked(root.fd(), file_of(record.id), record);
  if (made.ok()) return StateFile(std::move(made).value());
  if (made.error().code == EEXIST)
    return make_error(Kind::exists, fmt::format("container with id exists: '{}'", record.id));
  return std::move(made).error().context(fmt::format("state of container '{}'", record.id));
}

Result<void> StateFile::save(const oci::RuntimeRecord& record) const {
  return sys::write_all(locked_.get(), line_of(record));
}

Result<StoredRecord> load_record(const StateRoot& root, const std::string& id) {
  TRY(check_container_id(id));
  if (root.is_missing()) return no_container(id);
  auto opened = sys::open(root.fd(), file_of(id), O_RDONLY);
  if (!opened.ok() && opened.error().code == ENOENT) return no_container(id);
  UniqueFd fd = TRY(std::move(opened));
  StoredRecord stored;
  stored.in_the_making = is_locked(fd.get());
  std::string text = TRY(sys::read_to_end(fd.get()));
  std::string_view line = last_line(text);
  if (line.empty()) {  // its creator has died, or is about to write
    stored.record.id = id;
  } else {
    stored.record = TRY_AS(fmt::format("container '{}'", id), oci::parse_record(line));
  }
  return stored;
}

Result<void> replace_record(const StateRoot& root, const oci::RuntimeRecord& record) {
  return write_file(root.fd(), file_of(record.id), line_of(record), 0600, Durability::until_reboot);
}

std::string notify_directory_of(const std::string& id) {
  return id + ".notify";
}

Result<void> make_notify_directory(const StateRoot& root, const std::string& id) {
  TRY(remove_tree(root.fd(), notify_directory_of(id)));
  return sys::mkdir(root.fd(), notify_directory_of(id), 0755);
}

Result<void> remove_record(const StateRoot& root, const std::string& id) {
  TRY(remove_tree(root.fd(), notify_directory_of(id)));
  auto removed = sys::unlink(root.fd(), file_of(id));
  if (!removed.ok() && removed.error().code != ENOENT) return removed;
  return {};
}

Result<std::vector<std::string>> recorded_ids(const StateRoot& root) {
  std::vector<std::string> ids;
  if (root.is_missing()) return ids;
  for (std::string& name : TRY(list_directory(root.fd()))) {
    if (!name.ends_with(kSuffix) || name.starts_with('.')) continue;
    name.resize(name.size() - kSuffix.size());
    ids.push_back(std::move(name));
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace aictr::runtime
