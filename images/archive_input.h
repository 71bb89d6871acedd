#pragma once

// libarchive, fed from a ByteSource. Included by the .cpp files that call libarchive only.

#include <memory>
#include <optional>

#include <archive.h>

#include "base/result.h"
#include "images/byte_source.h"

namespace aictr::images {

struct CloseArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<archive, CloseArchive>;

// One libarchive reader on top of a source. An error of the source goes through libarchive's callback unharmed.
class ArchiveInput {
 public:
  explicit ArchiveInput(ByteSource& source) : source_(source), handle_(archive_read_new()) {}
  ArchiveInput(const ArchiveInput&) = delete;
  ArchiveInput& operator=(const ArchiveInput&) = delete;

  archive* get() const { return handle_.get(); }
  Result<void> open();
  // The reason why a call failed: the source's, or libarchive's own.
  Error error(std::string_view what);

 private:
  static la_ssize_t read(archive* a, void* self, const void** data);

  ByteSource& source_;
  ArchiveHandle handle_;
  std::optional<Error> failed_;
};

}  // namespace aictr::images
