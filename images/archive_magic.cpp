#include "images/archive_magic.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/sys.h"
#include "images/byte_source.h"
#include "images/decompress.h"
#include "images/tar_reader.h"

namespace aictr::images {
namespace {

using namespace std::string_view_literals;

constexpr std::array kCompressions = {"\x1f\x8b"sv, "BZh"sv,
                                      "\xfd"
                                      "7zXZ\0"sv,
                                      "\x28\xb5\x2f\xfd"sv};
constexpr std::size_t kTarMagicAt = 257;

bool begins_as_compressed(std::string_view head) {
  return std::ranges::any_of(kCompressions, [&](std::string_view magic) { return head.starts_with(magic); });
}

// Whether there is a tar inside.
Result<bool> holds_tar(int file) {
  UniqueFd again = TRY(sys::reopen(file, O_RDONLY));
  FdSource bytes(again.get());
  Decompressor plain(bytes);
  TarReader reader(plain);
  auto first = reader.next();
  if (!first.ok()) return first.error().kind == Kind::corrupt ? Result<bool>(false) : std::move(first).error();
  return first.value().has_value();
}

}  // namespace

Result<bool> is_archive(int file) {
  std::array<char, 512> block{};
  std::size_t filled = 0;
  while (filled < block.size()) {
    std::size_t n = TRY(sys::read(file, std::span(block).subspan(filled)));
    if (n == 0) break;
    filled += n;
  }
  std::string_view head(block.data(), filled);
  if (begins_as_compressed(head)) return holds_tar(file);
  return head.size() > kTarMagicAt && head.substr(kTarMagicAt).starts_with("ustar");
}

}  // namespace aictr::images
