#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/dockerfile_expand.h"
#include "images/instruction.h"
#include "oci/image_spec.h"

namespace aictr::images {

// --build-arg NAME=value.
using BuildArguments = std::map<std::string, std::string, std::less<>>;

// What FROM sees: the ARGs above the first FROM, and those that are always there: TARGETPLATFORM, TARGETARCH,
// BUILDPLATFORM, ….
class GlobalArguments {
 public:
  GlobalArguments(const oci::Platform& platform, const BuildArguments& given);

  // An ARG above the first FROM; a default may use the ones before it.
  Result<void> declare(const ArgInstruction& arg, char escape);
  std::optional<std::string> find(std::string_view name) const;
  std::optional<std::string> given(std::string_view name) const;  // with --build-arg
  Variables lookup() const;                                       // as long as this object lives

 private:
  BuildArguments given_;
  std::map<std::string, std::string, std::less<>> values_;
};

// The ARGs that RUN steps see without a declaration, and that leave no trace: HTTP_PROXY and its like, in both cases.
bool is_proxy_argument(std::string_view name);

}  // namespace aictr::images
