#include "oci/digest.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace aictr::oci {

Result<Digest> Digest::parse(std::string_view text) {
  auto colon = text.find(':');
  std::string_view algorithm = text.substr(0, colon);
  std::string_view hex = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  bool digits =
      std::all_of(hex.begin(), hex.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (length == 0 || hex.size() != length || !digits) {
    return make_error(Kind::corrupt, fmt::format("'{}' is not a digest", one_line(text)),
                      "a digest is sha256: and 64 lower-case hex digits");
  }
  return Digest(std::string(text));
}

}  // namespace aictr::oci
