#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "images/dockerfile_expand.h"

namespace aictr::images {

// The variables of one build stage: ENV, which the image keeps, and ARG, which only the build sees. ENV wins over an
// ARG of the same name, whichever comes first and wherever the ARG has its value from.
class StageVariables {
 public:
  StageVariables() = default;
  explicit StageVariables(std::vector<std::string> env);  // KEY=value; PATH is added when it is missing

  void set(std::string_view name, std::string_view value);                // ENV: in place of an older value
  void declare(std::string_view name, std::optional<std::string> value);  // ARG

  std::optional<std::string> find(std::string_view name) const;
  Variables lookup() const;  // as long as this object lives

  const std::vector<std::string>& env() const { return env_; }
  bool declares(std::string_view name) const;
  std::vector<std::string> environment() const;  // of a RUN step: ENV, then every ARG that has a value
  std::vector<std::string> arguments() const;    // the ARGs as "NAME=value", for the history

 private:
  struct Argument {
    std::string name;
    std::optional<std::string> value;
  };

  std::vector<std::string> env_;
  std::vector<Argument> arguments_;
};

// The value of NAME in a list of NAME=value.
std::optional<std::string> find_variable(const std::vector<std::string>& environment, std::string_view name);

}  // namespace aictr::images
