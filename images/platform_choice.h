#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/image_spec.h"

namespace aictr::images {

// "linux/arm64", "linux/arm/v7", "arm64", with Go's names; "x86_64" and "aarch64" are understood.
Result<oci::Platform> parse_platform(std::string_view text);
std::string print_platform(const oci::Platform& platform);  // "linux/arm64/v8"

// The image of an index that suits best. An image for amd64 may need a level of the processor (v1 to v4, the highest
// that `wanted` has is taken); arm64 without a variant is v8. Kind::not_found lists what there is.
Result<oci::Descriptor> choose_platform(const oci::Index& index, const oci::Platform& wanted);

// Whether an image for `image` runs where `wanted` does.
bool suits(const oci::Platform& image, const oci::Platform& wanted);

// What this machine runs: with the processor's level for amd64.
oci::Platform machine_platform();

}  // namespace aictr::images
