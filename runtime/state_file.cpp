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

// No id begins with a dot.
std::string temporary_of(const std::string& id) {
  return "." + file_of(id);
}

// A new file, locked before anything is in it.
Result<UniqueFd> make_locked(int root, const std::string& name, int flags, const oci::RuntimeRecord& record) {
  UniqueFd fd = TRY(sys::open(root, name, O_RDWR | O_CREAT | flags, 0600));
  if (::flock(fd.get(), LOCK_EX) != 0) return sys_error(fmt::format("lock '{}'", name));
  TRY(sys::write_all(fd.get(), oci::print_record(record)));
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
  auto made = make_locked(root.fd(), file_of(record.id), O_EXCL, record);
  if (made.ok()) return StateFile(root.fd(), record.id, std::move(made).value());
  if (made.error().code == EEXIST)
    return make_error(Kind::exists, fmt::format("container with id exists: '{}'", record.id));
  return std::move(made).error().context(fmt::format("state of container '{}'", record.id));
}

Result<void> StateFile::save(const oci::RuntimeRecord& record) {
  UniqueFd next = TRY(make_locked(root_, temporary_of(id_), O_TRUNC, record));
  TRY(sys::rename(root_, temporary_of(id_), root_, file_of(id_)));
  locked_ = std::move(next);
  return {};
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
  if (text.empty()) {  // its creator has died, or is about to write
    stored.record.id = id;
  } else {
    stored.record = TRY_AS(fmt::format("container '{}'", id), oci::parse_record(text));
  }
  return stored;
}

Result<void> replace_record(const StateRoot& root, const oci::RuntimeRecord& record) {
  return write_file(root.fd(), file_of(record.id), oci::print_record(record), 0600, Durability::until_reboot);
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
  for (const std::string& name : {temporary_of(id), file_of(id)}) {
    auto removed = sys::unlink(root.fd(), name);
    if (!removed.ok() && removed.error().code != ENOENT) return removed;
  }
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
