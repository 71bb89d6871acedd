#include "cli/copy_path.h"

#include <fmt/core.h>

#include "images/clean_path.h"

namespace aictr::cli {

CopyOperand parse_copy_operand(std::string_view text) {
  std::size_t colon = text.find(':');
  bool of_host = text.starts_with('/') || text.starts_with('.') || colon == std::string_view::npos || colon == 0;
  if (of_host) return {"", std::string(text)};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

CopyPath parse_copy_path(std::string_view text, std::string_view folder) {
  CopyPath parsed;
  parsed.path = images::absolute_path(folder, text);
  parsed.contents_only = text == "." || text.ends_with("/.");
  parsed.must_be_directory = parsed.contents_only || text.ends_with('/');
  return parsed;
}

std::string CopyPath::name() const {
  return path.substr(path.rfind('/') + 1);
}

std::string CopyPath::parent() const {
  std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<CopyTarget> place_copy(const CopyPath& source, Found source_is, const CopyPath& destination, Found there) {
  bool directory = source_is == Found::directory;
  switch (there) {
    case Found::directory:
      return CopyTarget{destination.path, source.contents_only ? "" : source.name()};
    case Found::other:
      return make_error(Kind::usage, fmt::format("'{}' is neither a directory nor a file", destination.path));
    case Found::file:
      if (directory || destination.must_be_directory) {
        return make_error(Kind::usage, fmt::format("'{}' is not a directory", destination.path));
      }
      break;
    case Found::nothing:
      if (!directory && destination.must_be_directory) {
        return make_error(Kind::not_found, fmt::format("the directory '{}' does not exist", destination.path),
                          "make it first, or leave the '/' at its end out to name the file");
      }
      break;
  }
  return CopyTarget{destination.parent(), destination.name()};
}

}  // namespace aictr::cli
