#include "cli/format.h"

#include <fmt/core.h>

#include "base/text.h"
#include "cli/table.h"
#include "cli/template.h"

namespace aictr::cli {
namespace {

constexpr std::string_view kTable = "table";

std::string template_of(std::span<const Column> columns) {
  std::vector<std::string> cells;
  for (const Column& column : columns) {
    if (column.shown) cells.push_back(fmt::format("{{{{.{}}}}}", column.member));
  }
  return join(cells, "\t");
}

// A row that holds the headings: what the template makes of it is the first line of the table.
oci::Json headings(std::span<const Column> columns) {
  oci::Json row{oci::Json::Object()};
  for (const Column& column : columns) row.set(column.member, oci::Json(std::string(column.heading)));
  return row;
}

Result<std::vector<std::string>> render_rows(std::string_view text, const std::vector<oci::Json>& rows) {
  Template form = TRY(Template::parse(text));
  std::vector<std::string> lines;
  for (const oci::Json& row : rows) lines.push_back(TRY(form.render(row)));
  return lines;
}

std::string one_a_line(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

Result<std::string> format_table(std::string_view text, std::span<const Column> columns,
                                 const std::vector<oci::Json>& rows) {
  std::vector<std::string> lines = TRY(render_rows(text, {headings(columns)}));
  std::vector<std::string> body = TRY(render_rows(text, rows));
  lines.insert(lines.end(), body.begin(), body.end());
  return align(lines);
}

}  // namespace

Result<std::string> format_list(std::string_view format, std::span<const Column> columns,
                                const std::vector<oci::Json>& rows) {
  if (format.empty() || format == kTable) return format_table(template_of(columns), columns, rows);
  if (format == "json") format = "{{json .}}";
  if (format.starts_with("table ")) return format_table(format.substr(kTable.size() + 1), columns, rows);
  return one_a_line(TRY(render_rows(format, rows)));
}

Result<std::string> format_objects(std::string_view format, const std::vector<oci::Json>& objects) {
  if (format.empty() || format == "json")
    return oci::print_json(oci::Json(oci::Json::Array(objects)), format.empty() ? 4 : -1) + "\n";
  return one_a_line(TRY(render_rows(format, objects)));
}

}  // namespace aictr::cli
