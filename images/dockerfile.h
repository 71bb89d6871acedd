#pragma once

// A Dockerfile as text: its instructions in order, with the lines they stand on. Continuations are joined, comments are
// gone, flags and heredocs are taken apart; what an instruction means is instruction.h's matter.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "images/heredoc.h"

namespace aictr::images {

// "--name" or "--name=value" in front of an instruction's arguments.
struct InstructionFlag {
  std::string name;
  std::optional<std::string> value;
};

// Lines of the Dockerfile, counted from 1, both included.
struct LineRange {
  int first = 0;
  int last = 0;
};

struct RawInstruction {
  std::string keyword;  // as written: "from", "RUN"
  std::vector<InstructionFlag> flags;
  std::string arguments;  // without the blanks around them
  std::vector<Heredoc> heredocs;
  std::string text;  // all of it but the heredocs' content, continuations joined
  LineRange lines;
};

struct Dockerfile {
  std::string name;  // as the user calls it; for messages
  std::vector<std::string> lines;
  char escape = '\\';
  std::vector<RawInstruction> instructions;
  std::vector<std::string> warnings;

  // The error, with "NAME:LINE" in front and those lines as its excerpt.
  Error error_at(LineRange where, Error cause) const;
};

// Kind::usage with place and excerpt for text that cannot be taken apart.
Result<Dockerfile> parse_dockerfile(std::string name, std::string_view text);

// The parts of an instruction that stands alone, as ONBUILD keeps it in an image.
Result<RawInstruction> parse_single_instruction(std::string_view text);

}  // namespace aictr::images
