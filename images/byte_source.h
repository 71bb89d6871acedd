#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "images/background_hash.h"

namespace aictr::images {

// A stream of bytes that hands out its own buffer.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // The next bytes, valid until the next call; empty at the end, and ever after.
  virtual Result<std::string_view> next() = 0;
};

// What a descriptor gives: a file, a pipe. The descriptor stays the caller's.
class FdSource final : public ByteSource {
 public:
  explicit FdSource(int fd);
  Result<std::string_view> next() override;

 private:
  int fd_;
  std::unique_ptr<char[]> buffer_;
};

// Another source's bytes as they are, counted and hashed on their way.
class HashingSource final : public ByteSource {
 public:
  explicit HashingSource(ByteSource& source) : source_(source) {}
  Result<std::string_view> next() override;

  Result<void> drain();                            // reads what nobody wanted
  oci::Digest digest() { return hash_.finish(); }  // once, at the end
  std::int64_t size() const { return size_; }

 private:
  ByteSource& source_;
  BackgroundHash hash_;
  std::int64_t size_ = 0;
};

}  // namespace aictr::images
