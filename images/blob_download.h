#pragma once

#include <atomic>
#include <functional>

#include "base/result.h"
#include "images/blob_file.h"
#include "images/registry.h"

namespace aictr::images {

// Gets what is missing of a blob, a large part over several connections (range_download.h), from where the file ends
// (Range, RFC 9110 section 14.2; a registry that sends all of it nevertheless is put up with), and goes on after a
// broken connection as long as something arrives. `arrived` is told how many bytes are there. Returns, with Kind::busy,
// soon after `cancelled` is set.
Result<void> download_blob(Registry& registry, HttpClient& http, BlobFile& file,
                           const std::function<void(std::int64_t)>& arrived, const std::atomic<bool>& cancelled);

}  // namespace aictr::images
