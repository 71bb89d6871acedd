#pragma once

#include <string>
#include <string_view>

namespace aictr::cli {

// Appends `text` as a string of JSON (RFC 8259, section 7). Bytes that are no UTF-8 become U+FFFD, as Docker's logs
// have it. For programs that stay in memory; oci/json.h writes everything else.
void append_json_string(std::string& to, std::string_view text);

}  // namespace aictr::cli
