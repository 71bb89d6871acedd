#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "images/byte_source.h"
#include "images/tar_entry.h"

namespace aictr::images {

// The members of an uncompressed tar (v7, ustar, pax, GNU), in the order they stand. Kind::corrupt for what is not one.
class TarReader {
 public:
  explicit TarReader(ByteSource& source);
  ~TarReader();

  Result<std::optional<TarEntry>> next();  // nothing: the end of the archive
  // Where the content of the latest entry begins in the tar, and whether all of it stands there in one piece: a sparse
  // file's does not.
  std::int64_t content_at() const;
  bool is_sparse() const;
  // Writes the content of the latest entry to an empty file; holes of a sparse one stay holes.
  Result<void> copy_content(int fd);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aictr::images
