#include "images/cache_folder.h"

#include <fcntl.h>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/hash.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr const char* kIndexFile = "index.json";
constexpr const char* kLock = ".lock";
constexpr const char* kBegun = "blobs/sha256/.unfinished";
constexpr std::size_t kMostText = 64U << 20;

bool has_tag(const oci::Descriptor& entry, const std::string& tag) {
  auto found = entry.annotations.find(kRefName);
  return found != entry.annotations.end() && found->second == tag;
}

}  // namespace

Result<CacheFolder> CacheFolder::open(const std::string& path) {
  CacheFolder folder(TRY(open_directory(AT_FDCWD, path)));
  TRY(folder.index());
  return folder;
}

Result<CacheFolder> CacheFolder::make(const std::string& path) {
  TRY(make_directories(AT_FDCWD, path + "/" + layout::kBlobs, 0755));
  CacheFolder folder(TRY(open_directory(AT_FDCWD, path)));
  folder.alone_ = TRY(FileLock::acquire(folder.fd_.get(), kLock, FileLock::Mode::exclusive));
  TRY(write_file(folder.fd_.get(), "oci-layout", R"({"imageLayoutVersion":"1.0.0"})", 0644));
  return folder;
}

Result<oci::Index> CacheFolder::index() const {
  std::string text = TRY(read_file(fd_.get(), kIndexFile));
  return oci::parse_index(text);
}

Result<std::string> CacheFolder::manifest(const std::string& tag) const {
  oci::Index all = TRY(index());
  for (const oci::Descriptor& entry : all.manifests) {
    if (has_tag(entry, tag)) return read(entry.digest);
  }
  return make_error(Kind::not_found, fmt::format("there is no cache with the tag '{}'", tag));
}

Result<UniqueFd> CacheFolder::open_blob(const oci::Digest& digest) const {
  return sys::open(fd_.get(), layout::blob(digest), O_RDONLY | O_NONBLOCK, 0, sys::Resolve::in_root);
}

Result<std::string> CacheFolder::read(const oci::Digest& digest) const {
  UniqueFd file = TRY(open_blob(digest));
  std::string text = TRY(sys::read_to_end(file.get(), kMostText));
  if (sha256(text) == digest) return text;
  return make_error(Kind::corrupt, fmt::format("blob {} is not what its name says", digest.text()));
}

bool CacheFolder::has_blob(const oci::Descriptor& blob) const {
  auto file = open_blob(blob.digest);
  if (!file.ok()) return false;
  auto st = sys::stat(file.value().get());
  return st.ok() && S_ISREG(st.value().st_mode) && st.value().st_size == blob.size;
}

Result<void> CacheFolder::write(const oci::Digest& digest, std::string_view data) const {
  return write_file(fd_.get(), layout::blob(digest), data, 0644);
}

Result<UniqueFd> CacheFolder::begin_blob() const {
  TRY(unless_gone(sys::unlink(fd_.get(), kBegun)));
  return sys::open(fd_.get(), kBegun, O_WRONLY | O_CREAT | O_EXCL, 0644);
}

Result<void> CacheFolder::add_begun(const oci::Digest& digest) const {
  return sys::rename(fd_.get(), kBegun, fd_.get(), layout::blob(digest));
}

Result<void> CacheFolder::tag(const oci::Descriptor& manifest, const std::string& tag) const {
  auto known = index();
  oci::Index all;
  if (known.ok()) all = std::move(known).value();
  std::erase_if(all.manifests, [&](const oci::Descriptor& entry) { return has_tag(entry, tag); });
  all.media_type = oci::media::kIndex;
  all.manifests.push_back(manifest);
  all.manifests.back().annotations[kRefName] = tag;
  return write_file(fd_.get(), kIndexFile, oci::print_index(all), 0644);
}

}  // namespace aictr::images
