#include "images/archive_input.h"

#include <cerrno>
#include <new>

#include <fmt/core.h>

namespace aictr::images {

Result<void> ArchiveInput::open() {
  if (!handle_) throw std::bad_alloc();
  if (archive_read_open(handle_.get(), this, nullptr, read, nullptr) == ARCHIVE_OK) return {};
  return error("open");
}

Error ArchiveInput::error(std::string_view what) {
  if (failed_) return *failed_;
  const char* reason = archive_error_string(handle_.get());
  return make_error(Kind::corrupt, fmt::format("{}: {}", what, reason != nullptr ? reason : "unknown reason"));
}

la_ssize_t ArchiveInput::read(archive* a, void* self, const void** data) {
  auto& input = *static_cast<ArchiveInput*>(self);
  auto bytes = input.source_.next();
  if (bytes.ok()) {
    *data = bytes.value().data();
    return static_cast<la_ssize_t>(bytes.value().size());
  }
  input.failed_ = bytes.error();
  archive_set_error(a, EIO, "%s", input.failed_->message.c_str());
  return -1;
}

}  // namespace aictr::images
