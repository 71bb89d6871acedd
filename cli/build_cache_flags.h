#pragma once

#include <string>

#include "base/result.h"
#include "images/cache_place.h"

namespace aictr::cli {

// Values of --cache-from and --cache-to as BuildKit spells them: "NAME", "type=registry,ref=NAME",
// "type=local,src=DIR", "type=local,dest=DIR" and "type=inline". Kind::usage names what has no meaning here. Pure.
Result<images::CachePlace> parse_cache_from(const std::string& text);
Result<images::CachePlace> parse_cache_to(const std::string& text);

}  // namespace aictr::cli
