#pragma once

#include <memory>

#include "images/byte_source.h"

namespace aictr::images {

// The plain bytes of a gzip stream (RFC 1952), of one member or several, with ISA-L. Checksum and length of every
// member are verified: Kind::corrupt when they do not fit, and for a stream that ends early.
class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(ByteSource& source);
  ~GzipSource() override;
  Result<std::string_view> next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aictr::images
