#pragma once

// CUDA's forward compatibility: an image may bring a newer libcuda in /usr/local/cuda/compat, which works with an older
// kernel module of some GPUs. It is only ever named in the library cache, never mounted (CVE-2024-0132).

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hooks/dotted_version.h"

namespace aictr::hooks {

// What the note .note.cuda.fwd_compatibility of a libcuda says.
struct CompatNote {
  DottedVersion cuda;
  std::vector<unsigned> drivers;  // majors of the kernel modules that it works with
};
// From the note's JSON; nothing for a form that is not known.
std::optional<CompatNote> parse_compat_note(std::string_view json);

// Pure: whether to prefer the image's libcuda of version `offered`. With a note: when it names the loaded driver's
// major and its CUDA is newer than the driver's; without: when it is of a newer major than the driver.
bool prefers_compat(const DottedVersion& offered, const std::optional<CompatNote>& note, const DottedVersion& driver);

// The directory of `root` to look into first, or nothing: "/usr/local/cuda/compat" when exactly one regular file
// libcuda.so.N.N is in it and is to be preferred.
std::optional<std::string> compat_directory(int root, const DottedVersion& driver);

}  // namespace aictr::hooks
