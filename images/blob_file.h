#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "base/lock.h"
#include "base/result.h"
#include "images/byte_source.h"
#include "images/store.h"
#include "oci/image_spec.h"

namespace aictr::images {

// A blob on its way from a registry, in the store's downloads/. One thread appends, another reads what is there and
// waits for more. What has arrived outlives the process, and the next pull goes on from there.
class BlobFile {
 public:
  // Waits while another process downloads the same blob.
  static Result<std::unique_ptr<BlobFile>> open(const Store& store, const oci::Descriptor& blob);

  const oci::Descriptor& blob() const { return blob_; }
  std::int64_t size() const;  // bytes that are there
  bool resumed() const { return resumed_; }

  Result<void> append(std::string_view data);  // Kind::corrupt when they are more than the descriptor says
  void end(Result<void> result);               // there will be no more: all is there, or the reason why not
  void interrupt();                            // the reader has given up: append() fails from now on

  Result<void> remove();  // the reader is done with it, or what is there is of no use

 private:
  friend class BlobSource;
  BlobFile(FileLock lock, int store, std::string path, oci::Descriptor blob, std::int64_t size);
  Result<std::size_t> wait_and_read(std::int64_t offset, std::span<char> into);

  FileLock lock_;
  int store_;
  std::string path_;
  oci::Descriptor blob_;
  bool resumed_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t size_;
  bool ended_ = false;
  bool interrupted_ = false;
  std::optional<Error> failed_;
};

// Its bytes from the start, hashed on the way. After the last byte it is known whether they are what the descriptor
// says: Kind::corrupt when not.
class BlobSource final : public ByteSource {
 public:
  explicit BlobSource(BlobFile& file);
  Result<std::string_view> next() override;

  // Reads what nobody wanted. The error that matters when the content made no sense: the bytes may be the wrong ones.
  Result<void> drain();

 private:
  Result<void> verify();

  BlobFile& file_;
  std::unique_ptr<char[]> buffer_;
  BackgroundHash hash_;
  std::int64_t offset_ = 0;
  bool ended_ = false;
};

}  // namespace aictr::images
