#include "hooks/csv_record.h"

#include <fmt/core.h>

namespace aictr::hooks {
namespace {

constexpr const char* kBareQuote = "bare \" in non-quoted-field";
constexpr const char* kStrayQuote = "extraneous or missing \" in quoted-field";

// Reads line by line, as a quoted field may go on over the end of one.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> record() {
    do {
      if (!next_line()) return make_error(Kind::usage, "EOF");
    } while (line_ == "\n");
    first_ = number_;
    row_ = number_;
    bool more = true;
    while (more) more = TRY(line_.starts_with('"') ? quoted_field() : plain_field());
    return std::move(fields_);
  }

 private:
  // With its newline; "\r\n" becomes "\n", and a '\r' at the very end is dropped.
  bool next_line() {
    line_.clear();
    if (text_.empty()) return false;
    std::size_t end = text_.find('\n');
    line_ = text_.substr(0, end == std::string_view::npos ? end : end + 1);
    text_.remove_prefix(line_.size());
    ++number_;
    if (line_.ends_with('\r')) {
      line_.pop_back();
    } else if (line_.ends_with("\r\n")) {
      line_.replace(line_.size() - 2, 2, "\n");
    }
    return true;
  }

  void take(std::size_t bytes) {
    line_.erase(0, bytes);
    column_ += bytes;
  }

  bool at_end_of_line() const { return line_.empty() || line_ == "\n"; }

  Error error(std::size_t line, std::size_t column, std::string_view what) const {
    std::string record = first_ == line ? "" : fmt::format("record on line {}; ", first_);
    return make_error(Kind::usage, fmt::format("{}parse error on line {}, column {}: {}", record, line, column, what));
  }

  // Both: true when another field follows.
  Result<bool> plain_field() {
    std::size_t comma = line_.find(',');
    std::string field = line_.substr(0, comma);
    if (comma == std::string::npos && field.ends_with('\n')) field.pop_back();
    std::size_t quote = field.find('"');
    if (quote != std::string::npos) return error(number_, column_ + quote, kBareQuote);
    fields_.push_back(std::move(field));
    if (comma == std::string::npos) return false;
    take(comma + 1);
    return true;
  }

  Result<bool> quoted_field() {
    std::string& field = fields_.emplace_back();
    take(1);
    for (;;) {
      std::size_t quote = line_.find('"');
      if (quote == std::string::npos) {
        TRY(go_on_in_next_line(field));
        continue;
      }
      field += line_.substr(0, quote);
      take(quote + 1);
      if (line_.starts_with('"')) {
        field += '"';
        take(1);
      } else if (line_.starts_with(',')) {
        take(1);
        return true;
      } else if (at_end_of_line()) {
        return false;
      } else {
        return error(number_, column_ - 1, kStrayQuote);
      }
    }
  }

  Result<void> go_on_in_next_line(std::string& field) {
    if (line_.empty()) return error(row_, column_, kStrayQuote);
    field += line_;
    column_ += line_.size();
    if (next_line() && !line_.empty()) {
      ++row_;
      column_ = 1;
    }
    return {};
  }

  std::string_view text_;
  std::string line_;
  std::size_t number_ = 0;  // of the line, from 1
  std::size_t first_ = 0;   // where the record begins
  std::size_t row_ = 0;     // where the cursor is
  std::size_t column_ = 1;
  std::vector<std::string> fields_;
};

}  // namespace

Result<std::vector<std::string>> read_csv_record(std::string_view text) {
  return CsvReader(text).record();
}

}  // namespace aictr::hooks
