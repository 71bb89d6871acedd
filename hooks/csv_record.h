#pragma once

// One record of comma-separated values as Go's encoding/csv reads it, which is what Docker's flags of the form
// "key=value,key=value" are read with: fields are not trimmed, a field may be in double quotes when it begins with one,
// "" stands for a quote inside of those, what follows the record's line is not looked at. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aictr::hooks {

// Kind::usage with Go's words: "EOF" for nothing at all, "parse error on line 1, column 8: bare \" in
// non-quoted-field" and the like. Columns count bytes, from 1.
Result<std::vector<std::string>> read_csv_record(std::string_view text);

}  // namespace aictr::hooks
