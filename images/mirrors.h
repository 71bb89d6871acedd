#pragma once

#include <utility>
#include <vector>

#include <fmt/core.h>

#include "images/registries_conf.h"

namespace aictr::images {

// What the first place gives that has it. The last is the registry itself; why its mirrors would not do belongs to its
// failure. `get`: Result<T> of a const RegistrySource&.
template <class T, class Get>
Result<T> get_from_any(const std::vector<RegistrySource>& sources, const Get& get) {
  std::string tried;
  for (const RegistrySource& source : sources) {
    Result<T> got = get(source);
    if (got.ok()) return got;
    Error error = std::move(got).error();
    if (!source.mirror) {
      if (!tried.empty()) error.message += fmt::format(" ({})", tried);
      return error;
    }
    tried += fmt::format("{}mirror '{}': {}", tried.empty() ? "" : "; ", source.name.host, error.message);
  }
  return make_error(Kind::internal, "no place to ask");
}

}  // namespace aictr::images
