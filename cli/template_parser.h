#pragma once

// The tree that a template is parsed into; template.cpp renders it.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/template.h"

namespace aictr::cli {

// ".A.B", or a value that the template itself gives.
struct Operand {
  std::vector<std::string> path;
  oci::Json literal;
  bool is_path = true;
};

// `function a b`; without a function the value of its one operand.
struct Call {
  std::string function;
  std::vector<Operand> operands;
};

// `a | b`: the value of each call is the last operand of the next.
using Pipeline = std::vector<Call>;

struct Node;

struct Template::Block {
  std::vector<Node> nodes;
};

struct Node {
  enum class Type { text, value, range, condition };
  Type type = Type::text;
  std::string text;
  Pipeline pipeline;
  Template::Block body;
  Template::Block otherwise;
};

Result<Template::Block> parse_template(std::string_view text);

}  // namespace aictr::cli
