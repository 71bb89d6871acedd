#include "images/file_digests.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

#include <fmt/core.h>
#include <time.h>

#include "base/file.h"
#include "base/sys.h"
#include "base/sys_xattr.h"
#include "base/text.h"
#include "images/hash.h"
#include "images/kept_xattr.h"

namespace aictr::images {
namespace {

constexpr std::size_t kBlock = 256 * 1024;
constexpr std::string_view kHeader = "aictr file digests 1";
// Longer than the kernel's clock tick, the grain of a file's times (up to 10 ms), with room for network file systems.
constexpr std::int64_t kSettleTime = 100'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return nanoseconds(time);
}

Result<void> hash_content(Sha256& hash, int fd) {
  std::vector<char> block(kBlock);
  for (;;) {
    std::size_t n = TRY(sys::read(fd, block));
    if (n == 0) return {};
    hash.update({block.data(), n});
  }
}

Result<void> hash_attributes(Sha256& hash, int fd) {
  std::vector<std::string> names = TRY(sys::list_xattrs(fd));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!is_kept_xattr(name)) continue;
    std::string value = TRY(sys::get_xattr(fd, name));
    hash.update(fmt::format("{} {} {}\n", name.size(), value.size(), name));
    hash.update(value);
  }
  return {};
}

Result<std::string> compute(const SourceItem& item, const SourceEntry& entry) {
  Sha256 hash;
  if (S_ISLNK(entry.st.st_mode)) {
    UniqueFd link = TRY(item.open(entry, O_PATH));
    hash.update(TRY(sys::readlink(link.get(), "")));
  } else if (S_ISREG(entry.st.st_mode) || S_ISDIR(entry.st.st_mode)) {
    UniqueFd fd = TRY(item.open(entry, O_RDONLY));
    TRY(hash_attributes(hash, fd.get()));
    hash.update("content\n");
    if (S_ISREG(entry.st.st_mode)) TRY(hash_content(hash, fd.get()));
  }
  return hash.finish().hex();
}

}  // namespace

FileDigests::FileDigests(int dir, std::string path) : dir_(dir), path_(std::move(path)) {
  auto text = path_.empty() ? Result<std::string>(std::string()) : read_file(dir_, path_);
  if (text.ok()) read(text.value(), false);
}

FileDigests::Identity FileDigests::identity(const struct stat& st) {
  return {static_cast<std::int64_t>(st.st_dev), static_cast<std::int64_t>(st.st_ino), st.st_size,
          nanoseconds(st.st_mtim), nanoseconds(st.st_ctim)};
}

// A header, and a line a file: five numbers and the digest.
void FileDigests::read(std::string_view text, bool used) {
  if (!text.starts_with(kHeader)) return;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::vector<std::string> parts = words(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (parts.size() != 6) continue;
    Identity id{};
    bool whole = true;
    for (std::size_t i = 0; i < id.size(); ++i) {
      auto number = parse_number<std::int64_t>(parts[i]);
      whole = whole && number;
      id[i] = number.value_or(0);
    }
    if (!whole) continue;
    auto [known, fresh] = known_.try_emplace(id, Known{std::move(parts[5]), used});
    known->second.used = known->second.used || used;
    changed_ = changed_ || (used && fresh);
  }
}

Result<std::string> FileDigests::digest(const SourceItem& item, const SourceEntry& entry) {
  Identity id = identity(entry.st);
  auto known = known_.find(id);
  if (known != known_.end()) {
    known->second.used = true;
    return known->second.digest;
  }
  std::int64_t start = now();
  std::string digest = TRY(compute(item, entry));
  std::int64_t changed = std::max(id[3], id[4]);
  if (changed + kSettleTime < start) {
    known_[id] = {digest, true};
    changed_ = true;
  }
  return digest;
}

std::string FileDigests::used() const {
  std::string text = std::string(kHeader) + "\n";
  for (const auto& [id, known] : known_) {
    if (known.used) text += fmt::format("{} {} {} {} {} {}\n", id[0], id[1], id[2], id[3], id[4], known.digest);
  }
  return text;
}

void FileDigests::add(std::string_view used) {
  read(used, true);
}

void FileDigests::save() const noexcept {
  if (path_.empty() || !changed_) return;
  ignore(write_file(dir_, path_, used(), 0600, Durability::until_reboot));
}

}  // namespace aictr::images
