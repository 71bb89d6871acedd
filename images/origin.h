#pragma once

#include <cstddef>
#include <variant>

namespace aictr::images {

// Where the files of a COPY or a mount lie: in a build context, or in an earlier stage of the plan.
struct FromContext {
  std::size_t context = 0;  // the first is the build's own, then those of --build-context
};
struct FromStage {
  std::size_t stage = 0;  // in Plan::stages
};
using Origin = std::variant<FromContext, FromStage>;

}  // namespace aictr::images
