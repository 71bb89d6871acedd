#include "images/dockerfile.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/text.h"
#include "images/dockerfile_words.h"

namespace aictr::images {
namespace {

constexpr std::size_t kMaxLine = 65535;
constexpr int kExcerptMargin = 2;
constexpr int kExcerptLines = 20;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view without_indent(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

bool is_comment(std::string_view line) {
  return without_indent(line).starts_with('#');
}

// Lines with their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    end = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

bool may_hold_heredocs(std::string_view keyword) {
  std::string name = lower(keyword);
  return name == "run" || name == "copy" || name == "add";
}

class Parser {
 public:
  Parser(std::string name, std::string_view text) {
    file_.name = std::move(name);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    lines_ = lines_of(text);
    for (std::string_view line : lines_) file_.lines.emplace_back(without_line_end(line));
  }

  Result<Dockerfile> run() {
    TRY(check_line_lengths());
    TRY(read_directives());
    while (next_ < lines_.size()) TRY(read_instruction());
    if (file_.instructions.empty()) {
      return make_error(Kind::usage, fmt::format("{}: there is no instruction in it", file_.name),
                        "a Dockerfile begins with FROM");
    }
    return std::move(file_);
  }

 private:
  int line_number() const { return static_cast<int>(next_); }  // of the line read last, from 1

  std::string_view take_line() { return without_line_end(lines_[next_++]); }

  Result<void> check_line_lengths() const {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].size() <= kMaxLine) continue;
      return make_error(Kind::usage,
                        fmt::format("{}:{}: the line is longer than {} bytes", file_.name, i + 1, kMaxLine),
                        "break it with a backslash at the end of each part");
    }
    return {};
  }

  // "# name=value" in the first lines. Any other line, an unknown name too, ends them.
  Result<void> read_directives() {
    std::set<std::string> seen;
    while (next_ < lines_.size()) {
      std::string_view line = without_indent(without_line_end(lines_[next_]));
      if (!line.starts_with('#')) return {};
      line.remove_prefix(1);
      std::size_t equals = line.find('=');
      if (equals == std::string_view::npos) return {};
      std::string name = lower(trim(line.substr(0, equals)));
      std::string value(trim(line.substr(equals + 1)));
      if ((name != "syntax" && name != "escape" && name != "check") || value.empty()) return {};
      ++next_;
      TRY(apply_directive(name, value, seen.insert(name).second));
    }
    return {};
  }

  Result<void> apply_directive(const std::string& name, const std::string& value, bool first) {
    LineRange here{line_number(), line_number()};
    if (!first) {
      return file_.error_at(here, make_error(Kind::usage, fmt::format("the directive '{}' stands here twice", name)));
    }
    if (name != "escape") return {};
    if (value != "\\" && value != "`") {
      return file_.error_at(
          here, make_error(Kind::usage, fmt::format("escape '{}' is neither a backslash nor a backtick", value)));
    }
    file_.escape = value[0];
    return {};
  }

  // Takes the escape character off that continues a line. One that is escaped itself, or escapes nothing but blanks in
  // between, is told apart as Docker does: by the one character before it.
  bool take_continuation(std::string_view& line) const {
    std::string_view body = line;
    while (!body.empty() && (body.back() == ' ' || body.back() == '\t')) body.remove_suffix(1);
    if (body.empty() || body.back() != file_.escape) return false;
    if (body.size() > 1 && body[body.size() - 2] == file_.escape) return false;
    body.remove_suffix(1);
    line = body;
    return true;
  }

  Result<void> read_instruction() {
    std::string_view line = without_indent(take_line());
    if (is_comment(line)) return {};
    LineRange lines{line_number(), line_number()};
    bool continued = take_continuation(line);
    std::string text(line);
    bool empty_lines = false;
    while (continued && next_ < lines_.size()) {
      line = take_line();
      if (is_comment(line)) continue;
      if (without_indent(line).empty()) {
        empty_lines = true;
        continue;
      }
      continued = take_continuation(line);
      text += line;
    }
    if (trim(text).empty()) return {};
    lines.last = line_number();
    if (empty_lines) {
      file_.warnings.push_back(fmt::format("{}:{}: an empty line inside of an instruction", file_.name, lines.first));
    }
    auto instruction = parse_single_instruction(text);
    if (!instruction.ok()) return file_.error_at(lines, std::move(instruction).error());
    instruction.value().lines = lines;
    TRY(read_heredocs(instruction.value()));
    file_.instructions.push_back(std::move(instruction).value());
    return {};
  }

  Result<void> read_heredocs(RawInstruction& instruction) {
    for (Heredoc& heredoc : instruction.heredocs) {
      for (;;) {
        if (next_ == lines_.size()) {
          return file_.error_at(instruction.lines,
                                make_error(Kind::usage, fmt::format("the heredoc '{}' has no end", heredoc.name),
                                           fmt::format("end it with a line that is just '{}'", heredoc.name)));
        }
        std::string_view whole = lines_[next_];
        std::string_view line = take_line();
        if (heredoc.strip_tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
        if (line == heredoc.name) break;
        heredoc.content += whole;
      }
      instruction.lines.last = line_number();
    }
    return {};
  }

  Dockerfile file_;
  std::vector<std::string_view> lines_;
  std::size_t next_ = 0;
};

// ONBUILD holds an instruction, and that one may hold heredocs.
bool announces_heredocs(const RawInstruction& instruction) {
  std::string_view arguments = instruction.arguments;
  if (lower(instruction.keyword) == "onbuild") {
    auto inner = parse_single_instruction(arguments);
    return inner.ok() && announces_heredocs(inner.value());
  }
  return may_hold_heredocs(instruction.keyword) && arguments.find("<<") != std::string_view::npos &&
         !is_json_form(arguments);
}

}  // namespace

Error Dockerfile::error_at(LineRange where, Error cause) const {
  int count = static_cast<int>(lines.size());
  int first = std::max(1, where.first - kExcerptMargin);
  int last = std::min({count, where.last + kExcerptMargin, where.first + kExcerptLines});
  std::string excerpt = fmt::format("{}:{}\n--------------------\n", name, where.first);
  for (int i = first; i <= last; ++i) {
    bool marked = i >= where.first && i <= where.last;
    excerpt += fmt::format("{:4} | {} {}\n", i, marked ? ">>>" : "   ", lines[static_cast<std::size_t>(i) - 1]);
  }
  excerpt += "--------------------\n";
  return std::move(cause).context(fmt::format("{}:{}", name, where.first)).with_excerpt(std::move(excerpt));
}

Result<Dockerfile> parse_dockerfile(std::string name, std::string_view text) {
  return Parser(std::move(name), text).run();
}

Result<RawInstruction> parse_single_instruction(std::string_view text) {
  RawInstruction instruction;
  instruction.text = trim(text);
  std::string_view rest = instruction.text;
  std::size_t end = rest.find_first_of(" \t\v\f\r");
  instruction.keyword = rest.substr(0, end);
  rest.remove_prefix(std::min(end, rest.size()));
  instruction.flags = TRY(take_flags(rest));
  instruction.arguments = trim(rest);
  if (announces_heredocs(instruction)) instruction.heredocs = find_heredocs(instruction.text);
  return instruction;
}

}  // namespace aictr::images
