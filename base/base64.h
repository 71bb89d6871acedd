#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aictr {

// RFC 4648, section 4: the alphabet with '+' and '/', padded.
std::string base64_encode(std::string_view bytes);
// Nothing for what is no base64; missing padding is forgiven.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace aictr
