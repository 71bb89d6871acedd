#include "images/blob_file.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/file.h"
#include "base/sys.h"
#include "images/store_layout.h"

namespace aictr::images {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;

// The file may have been removed, by whoever was done with it, while we waited for it.
Result<FileLock> lock_file(int store, const std::string& path) {
  for (;;) {
    FileLock lock = TRY(FileLock::acquire(store, path, FileLock::Mode::exclusive));
    struct stat locked = TRY(sys::stat(lock.fd()));
    auto now = sys::stat(store, path);
    if (now.ok() && now.value().st_ino == locked.st_ino) return lock;
    if (!now.ok() && now.error().kind != Kind::not_found) return std::move(now).error();
  }
}

}  // namespace

BlobFile::BlobFile(FileLock lock, int store, std::string path, oci::Descriptor blob, std::int64_t size)
    : lock_(std::move(lock)),
      store_(store),
      path_(std::move(path)),
      blob_(std::move(blob)),
      resumed_(size > 0),
      size_(size) {}

Result<std::unique_ptr<BlobFile>> BlobFile::open(const Store& store, const oci::Descriptor& blob) {
  TRY(make_directories(store.fd(), layout::kDownloads, 0700));
  std::string path = layout::download(blob.digest);
  FileLock lock = TRY(lock_file(store.fd(), path));
  struct stat st = TRY(sys::stat(lock.fd()));
  std::int64_t size = st.st_size;
  if (size > blob.size) {
    TRY(sys::truncate(lock.fd(), 0));
    size = 0;
  }
  return std::unique_ptr<BlobFile>(new BlobFile(std::move(lock), store.fd(), std::move(path), blob, size));
}

std::int64_t BlobFile::size() const {
  std::lock_guard lock(mutex_);
  return size_;
}

Result<void> BlobFile::append(std::string_view data) {
  std::int64_t offset = size();  // ours alone to change
  if (static_cast<std::int64_t>(data.size()) > blob_.size - offset) {
    return make_error(Kind::corrupt,
                      fmt::format("the registry sends more than the {} bytes of the manifest", blob_.size));
  }
  TRY(sys::write_at(lock_.fd(), data, offset));
  std::lock_guard lock(mutex_);
  if (interrupted_) return make_error(Kind::busy, "broken off");
  size_ = offset + static_cast<std::int64_t>(data.size());
  changed_.notify_all();
  return {};
}

void BlobFile::end(Result<void> result) {
  std::lock_guard lock(mutex_);
  ended_ = true;
  if (!result.ok()) failed_ = std::move(result).error();
  changed_.notify_all();
}

void BlobFile::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
}

Result<void> BlobFile::remove() {
  return sys::unlink(store_, path_);
}

Result<std::size_t> BlobFile::wait_and_read(std::int64_t offset, std::span<char> into) {
  std::int64_t available = 0;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return size_ > offset || ended_; });
    if (size_ <= offset && failed_) return *failed_;
    available = size_ - offset;
  }
  if (available <= 0) return std::size_t{0};
  into = into.first(std::min(into.size(), static_cast<std::size_t>(available)));
  return sys::read_at(lock_.fd(), into, offset);
}

BlobSource::BlobSource(BlobFile& file) : file_(file), buffer_(std::make_unique<char[]>(kBufferSize)) {}

Result<std::string_view> BlobSource::next() {
  if (ended_) return std::string_view();
  std::size_t n = TRY(file_.wait_and_read(offset_, std::span(buffer_.get(), kBufferSize)));
  if (n == 0) {
    TRY(verify());
    return std::string_view();
  }
  std::string_view data(buffer_.get(), n);
  hash_.update(data);
  offset_ += static_cast<std::int64_t>(n);
  return data;
}

Result<void> BlobSource::drain() {
  while (!TRY(next()).empty()) {
  }
  return {};
}

Result<void> BlobSource::verify() {
  ended_ = true;
  oci::Digest digest = hash_.finish();
  if (digest == file_.blob().digest) return {};
  return make_error(Kind::corrupt, fmt::format("what the registry sends has the digest {}", digest.text()));
}

}  // namespace aictr::images
