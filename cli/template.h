#pragma once

// The part of Go's text/template that people type at --format:
//   {{.}} {{.ID}} {{.A.B}} {{json .}} {{.A | json}} {{index .A "key"}} {{join .A ","}} {{len .A}} {{lower .A}} {{upper
//   .A}}
//   {{println .A}} {{range .A}}…{{else}}…{{end}} {{if .A}}…{{else}}…{{end}}, "{{-" and "-}}" trim blanks,
//   "\t" and "\n" outside of actions stand for a tab and a line break.

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/json.h"

namespace aictr::cli {

class Template {
 public:
  // Kind::usage says what is wrong with the text.
  static Result<Template> parse(std::string_view text);

  // Kind::usage for a member that the data has not, with the nearest it has; no error inside the condition of an `if`.
  Result<std::string> render(const oci::Json& data) const;

  struct Block;  // a sequence of texts and actions

 private:
  explicit Template(std::shared_ptr<const Block> block) : block_(std::move(block)) {}
  std::shared_ptr<const Block> block_;
};

}  // namespace aictr::cli
