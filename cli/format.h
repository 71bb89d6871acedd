#pragma once

// What --format makes of a list or of objects.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/json.h"

namespace aictr::cli {

// A member of every row: its name in JSON and templates, and its heading in a table. `shown`: in the table that comes
// without --format.
struct Column {
  std::string_view member;
  std::string_view heading;
  bool shown = true;
};

// `format` is empty or "table" (the shown columns, with headings), "json" (one object a line, as Docker prints lists),
// a template (a line for each row), or "table " and a template (aligned, with headings).
Result<std::string> format_list(std::string_view format, std::span<const Column> columns,
                                const std::vector<oci::Json>& rows);

// What `inspect` prints: an array for no format or "json", else a line for each object.
Result<std::string> format_objects(std::string_view format, const std::vector<oci::Json>& objects);

}  // namespace aictr::cli
