#include "images/archive_magic.h"

#include <array>
#include <string_view>

#include "base/sys.h"

namespace aictr::images {
namespace {

using namespace std::string_view_literals;

constexpr std::array kCompressions = {"\x1f\x8b"sv, "BZh"sv,
                                      "\xfd"
                                      "7zXZ\0"sv,
                                      "\x28\xb5\x2f\xfd"sv};
constexpr std::size_t kTarMagicAt = 257;

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
  for (std::string_view magic : kCompressions) {
    if (head.starts_with(magic)) return true;
  }
  return head.size() > kTarMagicAt && head.substr(kTarMagicAt).starts_with("ustar");
}

}  // namespace aictr::images
