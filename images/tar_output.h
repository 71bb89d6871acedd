#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/layer_pack.h"
#include "images/tar_entry.h"

namespace aictr::images {

// A tar on its way to a sink: headers and contents, gathered into large pieces.
class TarOutput {
 public:
  explicit TarOutput(const TarSink& sink);

  Result<void> write(std::string_view data);
  // `length` bytes of a file from where it stands. One that ends before is filled up with zeros, or is Kind::busy.
  enum class Short { is_error, is_filled };
  Result<void> copy(int fd, std::int64_t length, Short when_short);
  Result<void> pad(std::int64_t written);  // up to the next block, after content of so many bytes
  Result<void> finish();                   // the end of the archive

 private:
  Result<std::span<char>> make_room();
  Result<void> flush();

  TarSink sink_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
};

// What a stat(2) says, without link and attributes; whole seconds.
TarEntry tar_entry_of(std::string path, const struct stat& st);

}  // namespace aictr::images
