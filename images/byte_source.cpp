#include "images/byte_source.h"

#include <span>

#include "base/sys.h"

namespace aictr::images {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;

}  // namespace

FdSource::FdSource(int fd) : fd_(fd), buffer_(std::make_unique<char[]>(kBufferSize)) {}

Result<std::string_view> FdSource::next() {
  std::size_t used = 0;
  while (used < kBufferSize) {  // a pipe gives little at a time
    std::size_t n = TRY(sys::read(fd_, std::span(buffer_.get() + used, kBufferSize - used)));
    if (n == 0) break;
    used += n;
  }
  return std::string_view(buffer_.get(), used);
}

Result<std::string_view> HashingSource::next() {
  std::string_view data = TRY(source_.next());
  hash_.update(data);
  size_ += static_cast<std::int64_t>(data.size());
  return data;
}

Result<void> HashingSource::drain() {
  while (!TRY(next()).empty()) {
  }
  return {};
}

}  // namespace aictr::images
