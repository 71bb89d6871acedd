#pragma once

#include <atomic>
#include <functional>

#include "base/result.h"
#include "images/blob_file.h"
#include "images/registry.h"

namespace aictr::images {

// Gets what is missing of a blob over several connections at once, each asking for one piece after another (Range, RFC
// 9110 section 14.2): one connection of many registries is slower than the network. Pieces that come early wait in
// memory, 2 MiB each, so the file stays without holes and can be gone on with. `arrived` is told how many bytes are
// there. Ends with the first error, everything before its piece being in the file; Kind::unsupported, when nothing was
// taken: the registry sends no parts.
Result<void> download_ranges(Registry& registry, BlobFile& file, int connections,
                             const std::function<void(std::int64_t)>& arrived, const std::atomic<bool>& cancelled);

// Whether it is worth while for so many bytes.
bool is_worth_ranges(std::int64_t missing);

}  // namespace aictr::images
