#include "images/erofs_xattr.h"

#include <string_view>

#include <fmt/core.h>

#include "images/erofs_format.h"

namespace aictr::images {
namespace {

struct Prefix {
  std::string_view text;
  std::uint8_t index;
};
// The longest first: what follows is the name's rest.
constexpr Prefix kPrefixes[] = {
    {"system.posix_acl_access", 2}, {"system.posix_acl_default", 3}, {"security.", 6}, {"trusted.", 4}, {"user.", 1}};

constexpr std::size_t kMostBytes = 4UL * 0xFFFF;  // what the inode's count can say

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

Result<std::string> encode_erofs_xattrs(const std::map<std::string, std::string>& xattrs) {
  if (xattrs.empty()) return std::string();
  std::string encoded(bytes_of(erofs::XattrHeader{}));
  for (const auto& [name, value] : xattrs) {
    for (const Prefix& prefix : kPrefixes) {
      if (!name.starts_with(prefix.text)) continue;
      std::string_view rest = std::string_view(name).substr(prefix.text.size());
      if (rest.size() > 0xFF || value.size() > 0xFFFF) {
        return make_error(Kind::unsupported, fmt::format("its attribute '{}' is too large", name));
      }
      erofs::XattrEntry entry{static_cast<std::uint8_t>(rest.size()), prefix.index,
                              static_cast<std::uint16_t>(value.size())};
      encoded.append(bytes_of(entry)).append(rest).append(value);
      encoded.resize((encoded.size() + 3) / 4 * 4);
      break;
    }
  }
  if (encoded.size() > kMostBytes) return make_error(Kind::unsupported, "its attributes are too many");
  return encoded;
}

}  // namespace aictr::images
