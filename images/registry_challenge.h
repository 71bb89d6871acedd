#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aictr::images {

// One demand of a WWW-Authenticate header (RFC 9110, section 11.6.1): "Bearer realm="https://…",service="…"".
struct Challenge {
  std::string scheme;                             // lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  // names in lower case

  std::string parameter(const std::string& name) const;
};

// A header may carry several. What cannot be read is left out.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace aictr::images
