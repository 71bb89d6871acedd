#pragma once

#include <cstddef>
#include <variant>

namespace aictr::images {

// Where the files of a COPY or a mount lie: in the build context, or in an earlier stage of the plan.
struct FromContext {};
struct FromStage {
  std::size_t stage = 0;  // in Plan::stages
};
using Origin = std::variant<FromContext, FromStage>;

}  // namespace aictr::images
